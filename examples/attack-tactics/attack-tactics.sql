-- Sentences of incident reports ("X did Y") with the attacker's tactic, from MITRE ATT&CK.
-- patterns: the techniques, each with its tactics. relationships: who used which technique, and how.
WITH technique AS (
    SELECT unnest(attack_patterns, max_depth := 2)
    FROM patterns
),
relationship AS (
    SELECT unnest(relationships, max_depth := 2), generate_subscripts(relationships, 1) AS position
    FROM relationships
),
-- The package cuts descriptions after 200 characters and marks that with three dots: half a sentence teaches nothing.
complete AS (
    SELECT
        regexp_replace(description, '\(Citation: [^)]*\)', '', 'g') AS without_citations,
        source_ref,
        target_ref,
        position
    FROM relationship
    WHERE relationship_type = 'uses' AND NOT ends_with(description, '...')
),
sentence AS (
    SELECT
        -- [name](address) becomes name, code tags become backticks, white space becomes single blanks.
        trim(regexp_replace(
            regexp_replace(
                regexp_replace(without_citations, '\[([^\]]*)\]\([^)]*\)', '\1', 'g'),
                '</?code>', '`', 'g'),
            '[\s\p{Z}]+', ' ', 'g')) AS text,
        source_ref,
        target_ref,
        position
    FROM complete
)
SELECT
    sentence.text AS text,
    technique.tactics[1] AS tactic,
    technique.name AS technique,
    technique.external_id AS id,
    sentence.source_ref AS source
FROM sentence
JOIN technique ON technique.stix_id = sentence.target_ref
-- A technique of several tactics does not say which one a sentence shows.
WHERE len(technique.tactics) = 1
  -- Shorter ones ("X can use WMI.") name a tool rather than an act; brackets are markup that did not parse.
  AND length(sentence.text) >= 40
  AND NOT contains(sentence.text, '[')
-- The same sentence is one row, even where it stands for several techniques: the first counts.
QUALIFY row_number() OVER (PARTITION BY sentence.text ORDER BY sentence.position) = 1
