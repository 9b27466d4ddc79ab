variable "external_id" {
  description = "Issued for this connection alone. It never changes."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{32,64}$", var.external_id))
    error_message = "The external id is what the connection shows, whole."
  }
}

variable "trusted_account_id" {
  description = "The account that CloudOps Guardrails runs in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.trusted_account_id))
    error_message = "An account id has twelve digits."
  }
}

variable "read_role_name" {
  description = "Name of the role that reads."
  type        = string
  default     = "cloudops-guardrails-read"
}

variable "action_role_name" {
  description = "Name of the role that changes; it is made where a family of changes is allowed. That of schedules has -schedules behind it."
  type        = string
  default     = "cloudops-guardrails-act"

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,54}$", var.action_role_name))
    error_message = "A role's name has up to 64 characters, and -schedules takes ten of them."
  }
}

variable "role_path" {
  description = "Path of both roles, with a slash on either side."
  type        = string
  default     = "/"
}

variable "export_bucket" {
  description = "Bucket that this account's CUR or FOCUS exports arrive in. Left empty, no bills are read here."
  type        = string
  default     = ""
}

variable "export_key_arn" {
  description = "The KMS key that these exports are encrypted with, where it is a key of your own (SSE-KMS)."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.export_key_arn))
    error_message = "A key is named by its ARN, which ends in key/ and its id; an alias grants nothing."
  }
}

variable "allowed_changes" {
  description = "Families of changes to opt in to: compute, storage, databases, network, schedules, tags. Empty, nothing is changed."
  type        = set(string)
  default     = []

  validation {
    condition = length(setsubtract(
      var.allowed_changes, ["compute", "storage", "databases", "network", "schedules", "tags"]
    )) == 0
    error_message = "There are compute, storage, databases, network, schedules and tags."
  }
}
