-- What the stream lost and okta-lake repaired, by day.
SELECT tenant, day, sum(counts.repaired) AS repaired, sum(rows) AS events, count_if(counts.repaired > 0) AS hours
FROM okta_ledger
GROUP BY tenant, day
HAVING sum(counts.repaired) > 0
ORDER BY tenant, day
