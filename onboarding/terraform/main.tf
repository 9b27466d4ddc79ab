# The roles of read-role.yaml and action-role.yaml. Their policies are in policies.json, which `make onboarding` writes from
# those templates, so that both ways grant the same.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  acts       = length(var.allowed_changes) > 0
  scheduling = contains(var.allowed_changes, "schedules")

  policies = jsondecode(replace(replace(replace(replace(replace(
    file("${path.module}/policies.json"),
    "@partition", data.aws_partition.current.partition),
    "@account", data.aws_caller_identity.current.account_id),
    "@export_bucket", var.export_bucket),
    "@export_key", var.export_key_arn),
  "@scheduler", join("", aws_iam_role.scheduler[*].arn)))

  read_statements = concat(
    local.policies.read.always,
    var.export_bucket == "" ? [] : local.policies.read.exports,
    var.export_key_arn == "" ? [] : local.policies.read.export_key
  )
  act_statements = concat(
    flatten([for family in sort(var.allowed_changes) : local.policies.act[family]]), local.policies.denied
  )
}

# Nothing but the whole id opens it: StringLike would let a stranger in who knows its beginning.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.trusted_account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_role" "reader" {
  name                 = var.read_role_name
  path                 = var.role_path
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "reader" {
  name   = "read-usage-and-cost"
  role   = aws_iam_role.reader.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.read_statements })
}

resource "aws_iam_role" "actor" {
  count = local.acts ? 1 : 0

  name                 = var.action_role_name
  path                 = var.role_path
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "actor" {
  count = local.acts ? 1 : 0

  name   = "carry-out-approved-changes"
  role   = aws_iam_role.actor[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.act_statements })
}

data "aws_iam_policy_document" "schedules" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  count = local.scheduling ? 1 : 0

  # CloudOps Guardrails knows it by this name.
  name               = "${var.action_role_name}-schedules"
  path               = var.role_path
  assume_role_policy = data.aws_iam_policy_document.schedules.json
}

resource "aws_iam_role_policy" "scheduler" {
  count = local.scheduling ? 1 : 0

  name = "stop-at-night-start-in-the-morning"
  role = aws_iam_role.scheduler[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.policies.schedule
  })
}
