-- An entity as it was at a time: the last complete collection that was begun by then. Put in the entity, the tenant and the
-- time as a snapshot is named.
SELECT i.*
FROM okta_inventory i
WHERE i.entity = 'user' AND i.tenant = 'acme'
  AND i.snapshot = (
    SELECT max(m.snapshot)
    FROM okta_manifests m CROSS JOIN UNNEST(map_entries(m.entities)) AS t (name, collected)
    WHERE m.tenant = 'acme' AND name = 'user' AND collected.status IN ('complete', 'empty') AND m.snapshot <= '20991231T000000Z'
  )
