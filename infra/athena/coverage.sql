-- Is anything missing? Hour by hour: what the hour was compared with, and what was repaired.
SELECT tenant, hour, completeness, rows, counts.stream_only, counts.api_only, counts."both", counts.repaired, duplicates, generation, sealed
FROM okta_ledger
WHERE day >= '2026-01-01'
ORDER BY tenant, hour DESC
