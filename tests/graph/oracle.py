"""Asks SQL who can become super admin in random orgs, and who has which app, and compares the graph's answers.

`cargo test -p insight --test graph` leaves the orgs, with the graph's answers, in target/tmp/graph-oracle. Here the records are
rows of a table, what leads to what is a view, and the ways are a recursive query: nothing is shared with the graph's code.
"""

import json
import sys
from pathlib import Path

import duckdb

LEADS = """
create table records as select seed, entity, string_split(id, '/') as ids, id, json from rows;

create view users as select seed, id from records where entity = 'user';
create view groups as select seed, id, json from records where entity = 'group';
create view apps as select seed, id, json from records where entity = 'app';
create view members as select seed, ids[1] as grp, ids[2] as usr from records where entity = 'group_member';
create view rules as select seed, id, json, json ->> '$.conditions.expression.value' as value from records
    where entity = 'group_rule' and json ->> '$.status' = 'ACTIVE';
create view watching as select seed, id, regexp_extract(value, '^user\\.(\\w+)', 1) as attribute from rules where value like 'user.%';
create view holders as
    select seed, ids[1] as id, ids, json,
           case entity when 'user_role' then 'user' when 'group_role' then 'group' else 'app' end as kind, entity,
           json ->> '$.type' as role
    from records where entity in ('user_role', 'group_role', 'client_role');
create view grants as select seed, ids[1] as app, json ->> '$.scopeId' as scope from records where entity = 'app_grant';
create view targets as
    select seed, replace(replace(entity, '_group_target', ''), '_app_target', '') as entity, ids[1] as holder, ids[2] as assignment,
           ids[3] as target
    from records where entity like '%_group_target' or entity like '%_app_target';

create view super_users as
    select seed, id from holders where role = 'SUPER_ADMIN' and kind = 'user'
    union select m.seed, m.usr from members m join holders h on h.seed = m.seed and h.kind = 'group' and h.id = m.grp and h.role = 'SUPER_ADMIN';
create view admin_users as
    select seed, id from holders where kind = 'user'
    union select m.seed, m.usr from members m join holders h on h.seed = m.seed and h.kind = 'group' and h.id = m.grp;

create view secret_apps as
    select seed, id from apps where json ->> '$.credentials.oauthClient.token_endpoint_auth_method' = 'client_secret_basic';

-- What a built-in role may do: the domain, and the scopes of which a client needs one.
create table may as select * from (values
    ('SUPER_ADMIN', 'org', ['okta.users.manage', 'okta.groups.manage', 'okta.apps.manage', 'okta.roles.manage']),
    ('USER_ADMIN', 'users', ['okta.users.manage']), ('HELP_DESK_ADMIN', 'users', ['okta.users.manage']),
    ('USER_ADMIN', 'profiles', ['okta.users.manage']), ('APP_ADMIN', 'profiles', ['okta.users.manage']),
    ('USER_ADMIN', 'groups', ['okta.groups.manage']), ('GROUP_MEMBERSHIP_ADMIN', 'groups', ['okta.groups.manage']),
    ('APP_ADMIN', 'apps', ['okta.apps.manage']),
    ('APP_ADMIN', 'secrets', ['okta.apps.read', 'okta.apps.manage']), ('READ_ONLY_ADMIN', 'secrets', ['okta.apps.read', 'okta.apps.manage'])
) t(role, domain, scopes);
create view able as
    select h.seed, h.kind || ':' || h.id as holder, h.role, m.domain, h.entity, h.id as holder_id, h.ids[2] as assignment,
           exists (select 1 from targets t where t.seed = h.seed and t.entity = h.entity and t.holder = h.id and t.assignment = h.ids[2]) as is_limited
    from holders h join may m using (role)
    where h.kind <> 'app' or exists (select 1 from grants g where g.seed = h.seed and g.app = h.id and list_contains(m.scopes, g.scope));
create view able_targets as
    select a.*, t.target from able a left join targets t
    on t.seed = a.seed and t.entity = a.entity and t.holder = a.holder_id and t.assignment = a.assignment;

create view customs as
    select h.seed, h.kind || ':' || h.id as holder, p.ids[2] as permission, string_split(r.json ->> '$.orn', ':')[5:] as orn
    from holders h
    join records p on p.seed = h.seed and p.entity = 'custom_role_permission'
    join records r on r.seed = h.seed and r.entity = 'resource_set_resource'
    where h.role = 'CUSTOM';
create view custom_things as
    select c.seed, holder, permission, 'user' as kind, u.id from customs c join users u using (seed) where orn = ['users']
    union select seed, holder, permission, 'user', orn[2] from customs where orn[1] = 'users' and len(orn) = 2
    union select c.seed, holder, permission, 'user', m.usr from customs c join members m on m.seed = c.seed and m.grp = c.orn[2] where orn[1] = 'groups' and len(orn) = 3
    union select seed, holder, permission, 'group', orn[2] from customs where orn[1] = 'groups' and len(orn) = 2
    union select c.seed, holder, permission, 'app', a.id from customs c join apps a using (seed) where orn = ['apps']
    union select seed, holder, permission, 'policy', 'p1' from customs where orn[1] = 'policies';

create table said_leads as
    select seed, 'user:' || usr as a, 'group:' || grp as b from members
    union select seed, lower(json ->> '$.type') || ':' || ids[2], 'group:' || ids[1] from records where entity = 'group_owner'
    union select seed, 'rule:' || id, 'group:' || unnest(from_json(json -> '$.actions.assignUserToGroups.groupIds', '["VARCHAR"]')) from rules
    union select seed, 'group:00g1', 'rule:' || id from rules where value like '%00g1%'
    union select w.seed, 'user:' || u.id, 'rule:' || w.id from watching w join users u using (seed)
        where attribute = 'team' and exists (select 1 from records s where s.seed = w.seed and s.entity = 'user_schema')
    union select seed, 'app:' || (json ->> '$.source.id'), 'group:' || id from groups where json ->> '$.type' = 'APP_GROUP'
    union select seed, 'token:' || id, 'user:' || (json ->> '$.userId') from records where entity = 'api_token'
    union select seed, 'user:' || (json ->> '$.owners[0]'), 'ai:' || id from records where entity = 'ai_agent'
    union select seed, 'ai:' || id, 'app:' || (json ->> '$.appId') from records where entity = 'ai_agent'
    union select distinct seed, 'agent:agent1', 'pool:pool1' from records
    union select seed, 'pool:pool1', 'user:' || id from records where entity = 'user' and json ->> '$.credentials.provider.name' = 'corp'
    union select a.seed, 'app:' || a.id, 'user:' || u.ids[2] from apps a join records u on u.seed = a.seed and u.entity = 'app_user' and u.ids[1] = a.id
        where json_array_length(a.json -> '$.features') > 0
    union select a.seed, 'app:' || a.id, 'rule:' || w.id from apps a join watching w using (seed) where a.json ->> '$.features' like '%PROFILE_MASTERING%'
    union select distinct seed, 'policy:p1', 'org' from records
    union select seed, 'key:kid1', 'idp:idp1' from records where entity = 'identity_provider'
    union select i.seed, 'idp:idp1', 'user:' || u.id from records i join users u on u.seed = i.seed where i.entity = 'identity_provider'
        and (i.json ->> '$.policy.accountLink.filter.groups.include[0]' is null or exists (
            select 1 from members m where m.seed = i.seed and m.usr = u.id and m.grp = i.json ->> '$.policy.accountLink.filter.groups.include[0]'))
        and not (coalesce(i.json ->> '$.policy.accountLink.filter.users.excludeAdmins', 'false') = 'true'
            and exists (select 1 from admin_users x where x.seed = i.seed and x.id = u.id))
    union select seed, holder, 'org' from able where domain = 'org'
    union select a.seed, holder, 'user:' || u.id from able a join users u using (seed) where domain = 'users' and not is_limited
        and not exists (select 1 from super_users s where s.seed = a.seed and s.id = u.id)
    union select a.seed, holder, 'user:' || m.usr from able_targets a join members m on m.seed = a.seed and m.grp = a.target where domain = 'users' and is_limited
        and not exists (select 1 from super_users s where s.seed = a.seed and s.id = m.usr)
    union select a.seed, holder, 'rule:' || w.id from able a join watching w using (seed) where domain = 'profiles' and (role = 'USER_ADMIN' or not is_limited)
    union select a.seed, holder, 'group:' || g.id from able_targets a join groups g using (seed) where domain = 'groups'
        and (not is_limited or a.target = g.id) and coalesce(g.json ->> '$._embedded.stats.hasAdminPrivilege', 'false') <> 'true'
    union select a.seed, holder, 'app:' || p.id from able_targets a join apps p using (seed) where domain = 'apps'
        and (not is_limited or a.target = p.json ->> '$.name' or split_part(a.target, ',', 2) = p.id)
    union select a.seed, holder, 'app:' || p.id from able_targets a join apps p using (seed) join secret_apps s on s.seed = a.seed and s.id = p.id
        where domain = 'secrets' and (not is_limited or a.target = p.json ->> '$.name' or split_part(a.target, ',', 2) = p.id)
    union select c.seed, holder, 'rule:' || w.id from customs c join watching w using (seed)
        where permission = 'okta.users.manage' and (orn[1] = 'users' or len(orn) = 3)
    union select c.seed, holder, kind || ':' || c.id from custom_things c left join secret_apps s on s.seed = c.seed and s.id = c.id
        where (kind = 'user' and permission in ('okta.users.manage', 'okta.users.credentials.resetPassword'))
           or (kind = 'group' and permission = 'okta.groups.members.manage')
           or (kind = 'app' and (permission = 'okta.apps.manage' or (permission = 'okta.apps.clientCredentials.read' and s.id is not null)))
           or (kind = 'policy' and permission = 'okta.policies.manage');

create view alive as
    select seed, entity || ':' || id as name from records
    where entity in ('user', 'group', 'app') and coalesce(json ->> '$.status', 'ACTIVE') not in ('DEPROVISIONED', 'INACTIVE');
create table leads as
    select l.* from said_leads l
    where (split_part(a, ':', 1) not in ('user', 'group', 'app') or exists (select 1 from alive v where v.seed = l.seed and v.name = l.a))
      and (split_part(b, ':', 1) not in ('user', 'group', 'app') or exists (select 1 from alive v where v.seed = l.seed and v.name = l.b));
"""

# A thing is at most as far as there are things.
DISTANCES = """
with recursive ways as (
    select distinct seed, 'org' as name, 0 as distance from records
    union
    select l.seed, l.a, w.distance + 1 from ways w join leads l on l.seed = w.seed and l.b = w.name where w.distance < 25
)
select seed, name, min(distance) from ways where name <> 'org' group by seed, name
"""

ACCESS = """
with ways as (
    select seed, ids[2] as usr, ids[1] as app, (json ->> '$.scope' = 'USER')::int as n from records where entity = 'app_user'
    union all
    select g.seed, m.usr, g.ids[1], 1 from records g join members m on m.seed = g.seed and m.grp = g.ids[2] where g.entity = 'app_group'
)
select w.seed, usr, app, greatest(sum(n), 1) from ways w join alive v on v.seed = w.seed and v.name = 'user:' || usr group by all
"""


def main() -> None:
    folder = Path(sys.argv[1])
    orgs = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]
    if not orgs:
        sys.exit(f"no orgs in {folder}: run `cargo test -p insight --test graph` first")
    database = duckdb.connect()
    database.execute("create table rows (seed integer, entity varchar, id varchar, json json)")
    for org in orgs:
        rows = [(org["seed"], record["entity"], record["id"], json.dumps(record["json"])) for record in org["records"]]
        database.executemany("insert into rows values (?, ?, ?, ?)", rows)
    database.execute(LEADS)
    distances, access = {org["seed"]: {} for org in orgs}, {org["seed"]: [] for org in orgs}
    for seed, name, distance in database.execute(DISTANCES).fetchall():
        distances[seed][name] = distance
    for seed, user, app, ways in database.execute(ACCESS).fetchall():
        access[seed].append([user, app, int(ways)])
    for org in orgs:
        seed = org["seed"]
        compare(seed, "distances", org["distances"], distances[seed])
        compare(seed, "access", org["access"], sorted(access[seed]))
    ways, pairs = sum(map(len, distances.values())), sum(map(len, access.values()))
    print(f"{len(orgs)} orgs: SQL and the graph agree on {ways} ways to super admin and {pairs} users of apps")


def compare(seed: int, what: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        sys.exit(f"org {seed}, {what}: the graph says {ours}, SQL says {theirs}")


if __name__ == "__main__":
    main()
