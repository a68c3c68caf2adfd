SELECT name, city, state, a.id AS id
FROM person AS p JOIN auction AS a ON a.seller = p.id
WHERE category = 10 AND (state = 'OR' OR state = 'ID' OR state = 'CA')
