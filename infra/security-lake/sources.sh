#!/usr/bin/env bash
# Makes okta-lake's custom sources in Amazon Security Lake, one for each OCSF class that Okta's events have. Run it in the
# account of Security Lake; what is there already is left alone. docs/security-lake.md says more.
set -euo pipefail

usage="usage: sources.sh --region REGION --crawler-role ARN --account ACCOUNT --external-id ID [--dry-run]"

# The class, and what CreateCustomLogSource calls it. It knows fewer classes than OCSF, and does not ask for the name.
sources=(
    "1006 SCHEDULED_JOB_ACTIVITY"
    "2004"
    "3001 ACCOUNT_CHANGE"
    "3002 AUTHENTICATION"
    "3004"
    "3005"
    "3006"
    "6001"
    "6003 API_ACTIVITY"
)

region="" crawler_role="" account="" external_id="" dry_run=""
while [[ $# -gt 0 ]]; do
    case $1 in
        --dry-run) dry_run=1 && shift ;;
        --region | --crawler-role | --account | --external-id)
            [[ $# -ge 2 ]] || { echo "$usage" >&2 && exit 2; }
            name=${1#--}
            printf -v "${name//-/_}" %s "$2"
            shift 2
            ;;
        *) echo "$usage" >&2 && exit 2 ;;
    esac
done
[[ $region && $crawler_role && $account && $external_id ]] || { echo "$usage" >&2 && exit 2; }

# make CLASS [NAME]
make() {
    local source=okta$1 role=AmazonSecurityLake-Provider-okta$1-$region found
    local identity="{\"externalId\": \"$external_id\", \"principal\": \"$account\"}"
    local configuration="{\"crawlerConfiguration\": {\"roleArn\": \"$crawler_role\"}, \"providerIdentity\": $identity}"
    local command=(aws securitylake create-custom-log-source --region "$region" --source-name "$source"
        --configuration "$configuration")
    [[ $# -lt 2 ]] || command+=(--event-classes "$2")
    if [[ $dry_run ]]; then
        echo "${command[*]@Q}"
    elif aws iam get-role --role-name "$role" >/dev/null 2>&1; then
        echo "$source is there"
    else
        found=$("${command[@]}" --query source.provider.roleArn --output text)
        echo "$source is made"
        # The function assumes the role by its name.
        [[ $found == *":role/$role" ]] || { echo "its role is $found, not $role: okta-lake cannot use it" >&2 && exit 1; }
    fi
}

for source in "${sources[@]}"; do
    read -r class name <<<"$source"
    make "$class" ${name:+"$name"}
done
