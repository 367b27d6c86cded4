-- Short sentences of product reviews that twenty readers found good or bad, on a scale from -4 to 4 (mean).
-- reviews: one row with the file's text; its lines are REVIEW_SENTENCE, mean and text between tabs.
WITH line AS (
    SELECT unnest(string_split(replace(content, chr(13), ''), chr(10))) AS line
    FROM reviews
),
sentence AS (
    SELECT
        split_part(split_part(line, chr(9), 1), '_', 1) AS review,
        TRY_CAST(split_part(line, chr(9), 2) AS DOUBLE) AS mood,
        trim(split_part(line, chr(9), 3)) AS text
    FROM line
)
SELECT DISTINCT ON (lower(text))
    text,
    CASE WHEN mood > 0 THEN 'praise' ELSE 'blame' END AS mood,
    review
FROM sentence
WHERE (mood >= 2 OR mood <= -1.2) AND length(text) BETWEEN 20 AND 120
ORDER BY lower(text), review
