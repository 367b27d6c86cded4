-- Sentences of product reviews with the mood that twenty readers found in them, on a scale from -4 to 4 (mean).
-- reviews: one row with the file's text; its lines are REVIEW_SENTENCE, mean and text between tabs.
WITH line AS (
    SELECT unnest(string_split(replace(content, chr(13), ''), chr(10))) AS line
    FROM reviews
),
sentence AS (
    SELECT
        split_part(line, chr(9), 1) AS id,
        TRY_CAST(split_part(line, chr(9), 2) AS DOUBLE) AS mood,
        trim(split_part(line, chr(9), 3)) AS text
    FROM line
)
SELECT
    text,
    -- Readers disagree by about half a point, so that a mean within half a point of 0 says neither.
    CASE WHEN mood >= 0.5 THEN 'positive' WHEN mood <= -0.5 THEN 'negative' ELSE 'neutral' END AS mood,
    split_part(id, '_', 1) AS review
FROM sentence
WHERE mood IS NOT NULL AND length(text) >= 20
-- A sentence that stands in several reviews is one row.
QUALIFY row_number() OVER (PARTITION BY lower(text) ORDER BY id) = 1
