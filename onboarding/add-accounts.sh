#!/usr/bin/env bash
# Make a role in each account of a list, by the StackSet of stack-set.yaml (to read) or action-stack-set.yaml (to change).
# Usage: add-accounts.sh STACK_SET ORGANIZATIONAL_UNIT < accounts.csv
# A line is an account id, a comma and the external id that its connection shows. CALL_AS=DELEGATED_ADMIN where that is so.
set -euo pipefail

stack_set=$1
unit=$2

while IFS=, read -r account external_id || [ -n "$account" ]; do
    [[ $account =~ ^[0-9]{12}$ ]] || { echo "$account is not an account id" >&2; exit 1; }
    [[ $external_id =~ ^[A-Za-z0-9_-]{32,64}$ ]] || { echo "$account has no external id" >&2; exit 1; }
    operation=$(aws cloudformation create-stack-instances \
        --stack-set-name "$stack_set" \
        --call-as "${CALL_AS:-SELF}" \
        --deployment-targets "OrganizationalUnitIds=$unit,Accounts=$account,AccountFilterType=INTERSECTION" \
        --regions "${AWS_REGION:?says where the stacks stand; the role itself is global}" \
        --parameter-overrides "ParameterKey=ExternalId,ParameterValue=$external_id" \
        --query OperationId --output text)
    # A StackSet does one thing at a time.
    while status=$(aws cloudformation describe-stack-set-operation \
        --stack-set-name "$stack_set" --call-as "${CALL_AS:-SELF}" --operation-id "$operation" \
        --query StackSetOperation.Status --output text) && [[ $status == RUNNING || $status == QUEUED ]]; do
        sleep 5
    done
    echo "$account $status"
    [ "$status" = SUCCEEDED ]
done
