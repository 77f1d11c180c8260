-- The users of a snapshot as OCSF 1.8.0 User Inventory Info (5003). raw_data has the whole user as Okta sent it, without its
-- secrets; what OCSF has no attribute for is there. A query says which snapshot: see "Users as of a time".
CREATE OR REPLACE VIEW okta_user_inventory AS
SELECT
  2 AS activity_id, 'Collect' AS activity_name,
  5 AS category_uid, 'Discovery' AS category_name,
  5003 AS class_uid, 'User Inventory Info' AS class_name,
  500302 AS type_uid, 'User Inventory Info: Collect' AS type_name,
  1 AS severity_id, 'Informational' AS severity,
  fetched AS "time",
  CAST(ROW('1.8.0', ROW('okta-lake', 'okta-lake'), id, tenant) AS
    ROW(version varchar, product ROW(name varchar, vendor_name varchar), uid varchar, tenant_uid varchar)) AS metadata,
  CAST(ROW(
    id, json_extract_scalar(json, '$.profile.login'), json_extract_scalar(json, '$.profile.displayName'),
    json_extract_scalar(json, '$.profile.email'), 1, 'User',
    ROW(
      json_extract_scalar(json, '$.profile.firstName'), json_extract_scalar(json, '$.profile.lastName'),
      json_extract_scalar(json, '$.profile.title'), json_extract_scalar(json, '$.profile.department'),
      json_extract_scalar(json, '$.profile.costCenter'), json_extract_scalar(json, '$.profile.employeeNumber'),
      CAST(to_unixtime(from_iso8601_timestamp(created)) * 1000 AS bigint),
      CAST(to_unixtime(from_iso8601_timestamp(last_updated)) * 1000 AS bigint),
      CAST(to_unixtime(from_iso8601_timestamp(json_extract_scalar(json, '$.lastLogin'))) * 1000 AS bigint))) AS
    ROW(uid varchar, name varchar, full_name varchar, email_addr varchar, type_id integer, type varchar,
      ldap_person ROW(given_name varchar, surname varchar, job_title varchar, department varchar, cost_center varchar,
        employee_uid varchar, created_time bigint, modified_time bigint, last_login_time bigint))) AS "user",
  CAST(MAP(ARRAY['status', 'type.id', 'realmId'],
    ARRAY[status, json_extract_scalar(json, '$.type.id'), json_extract_scalar(json, '$.realmId')]) AS map(varchar, varchar)) AS unmapped,
  json AS raw_data,
  tenant, snapshot
FROM okta_inventory
WHERE entity = 'user'
