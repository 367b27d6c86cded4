-- What is said and what is replied, in three tragedies of Shakespeare.
-- Each source is one row with the play's text: "### SCENE ..." opens a scene, "**NAME**" a speech, "_..._" is a stage direction.
WITH play AS (
    SELECT 'hamlet' AS play, content FROM hamlet
    UNION ALL
    SELECT 'macbeth' AS play, content FROM macbeth
    UNION ALL
    SELECT 'romeo-and-juliet' AS play, content FROM romeo
),
scene AS (
    SELECT
        play,
        unnest(string_split(content, '### SCENE')) AS content,
        generate_subscripts(string_split(content, '### SCENE'), 1) AS number
    FROM play
),
speech AS (
    SELECT
        play,
        number,
        unnest(string_split(content, chr(10) || '**')) AS content,
        generate_subscripts(string_split(content, chr(10) || '**'), 1) AS position
    FROM scene
    -- What precedes the first scene is the title.
    WHERE number > 1
),
line AS (
    SELECT
        play,
        number,
        position,
        split_part(content, '**', 1) AS speaker,
        -- Stage directions go, and so do the two blanks that end a line in Markdown.
        trim(regexp_replace(
            regexp_replace(substr(content, strpos(content, '**') + 2), '_[^_]*_', '', 'g'),
            '\s*\n\s*', chr(10), 'g'), chr(10) || ' ') AS said
    FROM speech
    -- What precedes the first speech of a scene is its place.
    WHERE position > 1
)
SELECT
    line.said AS said,
    reply.said AS reply,
    reply.speaker AS speaker,
    line.play || ' ' || line.number AS scene
FROM line
JOIN line AS reply
    ON reply.play = line.play AND reply.number = line.number AND reply.position = line.position + 1
-- Shorter ones are mere calls; longer ones are monologues, which answer nothing.
WHERE length(line.said) BETWEEN 20 AND 400 AND length(reply.said) BETWEEN 20 AND 400
  AND NOT contains(line.said || reply.said, '#') AND NOT contains(line.said || reply.said, '_')
ORDER BY line.play, line.number, line.position
