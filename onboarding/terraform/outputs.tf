output "read_role_arn" {
  description = "What the connection names."
  value       = aws_iam_role.reader.arn
}

output "action_role_arn" {
  description = "What the connection names as its action role; null where no change is allowed."
  value       = one(aws_iam_role.actor[*].arn)
}

output "scheduler_role_arn" {
  description = "The role that schedules of schedule.off_hours act by; null where they are not allowed."
  value       = one(aws_iam_role.scheduler[*].arn)
}
