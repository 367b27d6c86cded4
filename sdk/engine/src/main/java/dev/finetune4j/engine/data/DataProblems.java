package dev.finetune4j.engine.data;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FileReason;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.ProblemCatalogue;
import dev.finetune4j.error.ProblemKind;
import java.io.IOException;
import java.util.List;

/** What can be wrong with sources, queries, rows and splits: FT0201 to FT0249, FT0303 and FT0304. A table that reads straight through. */
public final class DataProblems implements ProblemCatalogue {
    /** No address of a source gave the file. */
    public static final ProblemKind SOURCE_UNREACHABLE = kind(
            "FT0201",
            "A data source cannot be had from any of its addresses",
            "Every address of a source was tried in order and none gave the file. Each address is listed with what happened there. "
                    + "Files that were fetched once are kept under cache/sources in finetune4j's home and need no network any more.",
            "check the network and proxy, or download the file yourself and name its path in the job: from: PATH");

    /** The file has other content than pinned. */
    public static final ProblemKind SOURCE_CHANGED = kind(
            "FT0202",
            "A data source is not the file that the job pins",
            "The job gives the SHA-256 of the file; what was found has another one. Either the file changed at its origin, the "
                    + "download was tampered with, or the job pins another version. The file is not used.",
            "if the new content is what you want, put its digest into the job: sha256: DIGEST");

    /** An address of no known form. */
    public static final ProblemKind ADDRESS_UNKNOWN = kind(
            "FT0203",
            "An address of a data source is not understood",
            "An address is a path, https://..., pypi:NAME==VERSION!path/in/package or maven:GROUP:ARTIFACT:VERSION!path/in/jar. "
                    + "Versions are exact, since a range would give other rows on another day. Plain http is accepted for this "
                    + "machine only.",
            "write the address as pypi:NAME==VERSION!path, maven:GROUP:ARTIFACT:VERSION!path, https://... or a path");

    /** pip or mvn failed or is not there. */
    public static final ProblemKind PACKAGE_TOOL = kind(
            "FT0204",
            "A package cannot be fetched with its ecosystem's client",
            "Files in packages are fetched with pip or mvn, so that your mirrors, proxies and credentials are used as everywhere "
                    + "else. The program is missing from PATH or ended with an error; its last lines are shown.",
            "run the command that is shown in a terminal and mend what it reports");

    /** A package without the file, or one that is not safe to open. */
    public static final ProblemKind ARCHIVE = kind(
            "FT0205",
            "A file cannot be taken out of a package",
            "The package was fetched, but the file is not in it, or the archive is damaged or hostile: an entry outside the "
                    + "archive, a link, more bytes than any honest data file (2 GiB) or a compression ratio over 200.",
            "list the package's files with: unzip -l PACKAGE (or tar tzf PACKAGE) and correct the path after the !");

    /** A source whose kind of file is not known or that does not load as a table. */
    public static final ProblemKind SOURCE_TABLE = kind(
            "FT0206",
            "A source cannot be read as a table",
            "A query sees each source as a table of its name. Files may be .json, .jsonl, .ndjson, .csv, .tsv, .parquet, .txt or .md; "
                    + "the first five may be packed with gzip (.gz). All files of a folder or pattern must be of one kind.",
            "convert the file to .jsonl, .csv or .parquet");

    /** The query failed. */
    public static final ProblemKind QUERY_FAILED = kind(
            "FT0210",
            "The data query fails",
            "DuckDB could not run the SQL. The place is the line and column in your SQL, the reason is DuckDB's own. The query "
                    + "sees each source as a table of its name.",
            "correct the SQL at the place shown");

    /** The query is not one SELECT. */
    public static final ProblemKind QUERY_NOT_SELECT = kind(
            "FT0211",
            "The data query is not one SELECT statement",
            "data.query must be exactly one SELECT (WITH, VALUES and FROM-first are fine). Statements that change settings, load "
                    + "extensions, attach databases or write files are refused.",
            "write the query as one SELECT statement");

    /** The query reaches outside its sources. */
    public static final ProblemKind QUERY_REACHES_OUT = kind(
            "FT0212",
            "The data query reaches outside its sources",
            "A query sees the sources that the job names and nothing else: no files, no network, no extensions. So a job file "
                    + "from somebody else cannot read your disk.",
            "name the file under data.sources and use that name in the query");

    /** The query does not come to an end. */
    public static final ProblemKind QUERY_TOO_SLOW = kind(
            "FT0213",
            "The data query takes too long",
            "A query has one minute. Rows of text for a fine-tuning come within seconds; what takes longer mostly has a join "
                    + "without a condition or a recursion without an end. Where it is right and slow, run it once elsewhere, write "
                    + "its rows to a .parquet or .jsonl file, and name that file in data.file.",
            "LIMIT 100000    -- at the end of the query, to see whether it comes to an end at all");

    /** A line that is not a JSON object. */
    public static final ProblemKind NOT_JSON = kind(
            "FT0220",
            "A row is not a JSON object",
            "In a .jsonl file each line is one JSON object; in a .json file the whole is an array of objects. Keys may not "
                    + "be doubled, nothing may follow the object, and values nest at most 100 deep.",
            "correct the line; one way to find all: jq -c . FILE > /dev/null");

    /** A line over the limit. */
    public static final ProblemKind LINE_TOO_LONG = kind(
            "FT0221",
            "A line is too long",
            "A line of a data file may have at most 16 MB. Longer ones are nearly always a file without line breaks, such as "
                    + "one JSON array in a file named .jsonl.",
            "write one row a line: jq -c '.[]' FILE > rows.jsonl");

    /** NUL bytes. */
    public static final ProblemKind NUL_BYTES = kind(
            "FT0222",
            "A data file holds NUL bytes",
            "Text has no NUL bytes. The file is binary, was cut by a crash, or is UTF-16 (then: iconv -f UTF-16 -t UTF-8).",
            "take the NUL bytes out: tr -d '\\000' < FILE > rows.jsonl");

    /** Bytes that are not UTF-8. */
    public static final ProblemKind NOT_UTF8 = kind(
            "FT0223",
            "A data file is not UTF-8",
            "Data files are text in UTF-8. The byte offset of the first byte that is not is shown; older files are often "
                    + "Windows-1252 or ISO-8859-1, and packed or binary files are none at all. Half a character, as the JSON "
                    + "escape \\ud83d without the one that belongs to it, cannot be written in UTF-8 either. Nothing is "
                    + "replaced silently, since the model would learn the replacement.",
            "convert the file: iconv -f WINDOWS-1252 -t UTF-8 FILE > rows.jsonl");

    /** No rows. */
    public static final ProblemKind NO_ROWS = kind(
            "FT0224",
            "There are no rows",
            "The file is empty, holds only blank lines, or the query selects nothing.",
            "check the path, or run the query's inner parts one by one to see where rows are lost");

    /** A format that is not known or cannot be told. */
    public static final ProblemKind FORMAT_UNKNOWN = kind(
            "FT0225",
            "The row format cannot be told",
            "data.format is auto and the first rows look like none of the known formats, or it names a format that is not known. "
                    + "Known are openai-chat (messages), openai-preference (input, preferred_output, non_preferred_output), "
                    + "bedrock-prompt-completion (prompt, completion), bedrock-converse "
                    + "(messages with content lists), jumpstart (instruction, context, response), alpaca (instruction, input, "
                    + "output), sharegpt (conversations), text (text) and columns (any columns, used by task.prompt and "
                    + "task.answer).",
            "say which columns are input and answer: task.prompt: \"{{text}}\" and task.answer: \"{{label}}\"");

    /** A row of another shape than its format has. */
    public static final ProblemKind ROW_SHAPE = kind(
            "FT0226",
            "A row has the wrong shape",
            "A row lacks a field that its format needs, or the field is of another type. The row, the field and what was found "
                    + "are shown. A job may allow a share of broken rows to be left out: check.max-invalid.",
            "correct the field that is named, or leave the row out");

    /** A template with a column that rows do not have. */
    public static final ProblemKind TEMPLATE = kind(
            "FT0227",
            "A template of the task does not fit the rows",
            "task.prompt and task.answer are texts with {{column}} where the text of a column goes. The column is none of the "
                    + "rows', or the braces are not closed, or the rows have no columns because they are conversations.",
            "use one of the columns that are listed");

    /** An answer outside the closed list. */
    public static final ProblemKind LABEL_UNKNOWN = kind(
            "FT0228",
            "An answer is not one of the labels",
            "task.labels is the closed list of answers. White space around an answer does not count, case does.",
            "add the label to task.labels, or correct the row");

    /** A file cannot be read. */
    public static final ProblemKind UNREADABLE = kind(
            "FT0230",
            "A data file cannot be read",
            "A file that the job names, or one that finetune4j wrote for it, could not be opened or broke off while it was read. "
                    + "It may be missing, be a folder, or not be readable for the current user.",
            "check that the path exists and is readable: ls -l PATH");

    /** A CSV or Parquet file that does not parse. */
    public static final ProblemKind TABLE_BROKEN = kind(
            "FT0231",
            "A table file is broken",
            "A CSV, TSV or Parquet file does not parse. CSV needs a header line, the same number of fields in each row and "
                    + "quotes that close; a quote in a quoted field is doubled. A quoted field goes on over lines to the "
                    + "next quote that is not doubled. If a separator or the end of the line follows that quote, the field "
                    + "ends there, even where the quote that opened it was one too many. If something else follows, the row "
                    + "is broken. It ends with the line that opened the field where it has the header's number of fields up "
                    + "to there, that quote counted as any other character: the lines after it are read as rows, also those "
                    + "of a cell, as mostly happens in the last column. Elsewhere all lines up to that quote are the broken "
                    + "row. A quote that no later one closes breaks its line alone.",
            "write the file again with the program that made it, or correct the line that is named");

    /** A format that cannot serve the task. */
    public static final ProblemKind TASK_MISMATCH = kind(
            "FT0232",
            "The rows cannot serve the task",
            "Plain text has no answer, so it can only be learned as a whole: task.kind generation. Classification needs rows "
                    + "with a label. A task of kind preference needs rows with two answers, and no other task learns from them.",
            "use task.kind: generation, or rows with an input and an answer");

    /** A part of the split without rows. */
    public static final ProblemKind PART_EMPTY = kind(
            "FT0240",
            "A part of the split has no rows",
            "There are too few rows, or too few groups, for every part to get some. A group is never divided, so one part gets "
                    + "all of it.",
            "use more rows, or group by a column with more values");

    /** A group column that rows do not have. */
    public static final ProblemKind GROUP_MISSING = kind(
            "FT0241",
            "A row has no value in the column that groups the split",
            "data.split.group-by names a column of the rows; each row needs a text or number there, or it could end up on both "
                    + "sides of the split.",
            "name a column that every row has, or fill the empty values");

    /** Labels that no training row has. */
    public static final ProblemKind LABEL_UNSEEN = kind(
            "FT0242",
            "Held-out rows have labels that no training row has",
            "Without task.labels the closed list of answers is taken from the training rows. Rows of the other parts with other "
                    + "labels could never be answered right.",
            "list all labels in the job under task.labels");

    /** The result cannot be written. */
    public static final ProblemKind UNWRITABLE = kind(
            "FT0243",
            "Data cannot be written",
            "Fetched files, intermediate rows and the parts of the split are written under finetune4j's home. The disk is full or "
                    + "the folder is not writable. Nothing half-written is left where the next try would take it for complete.",
            "free some space (df -h) or choose another home: export FINETUNE_HOME=/path/with/space");

    /** A row asks nothing. */
    public static final ProblemKind EMPTY_PROMPT = kind(
            "FT0303",
            "empty prompt",
            "The user's message of the row holds only white space, or only words that the template has for every row, so that the answer cannot depend on it. Usually the column that the prompt names is empty in that row. Such rows count as broken; check.max-invalid says which share of broken rows is tolerated.",
            "fill the column, or leave such rows out: check.max-invalid: 0.05");

    /** A row teaches silence. */
    public static final ProblemKind EMPTY_ANSWER = kind(
            "FT0304",
            "empty answer",
            "The text to learn holds only white space: the row teaches the model to say nothing. Usually the column that the answer names is empty in that row. Such rows count as broken; check.max-invalid says which share of broken rows is tolerated.",
            "fill the column, or leave such rows out: check.max-invalid: 0.05");

    @Override
    public List<ProblemKind> kinds() {
        return List.of(
                SOURCE_UNREACHABLE,
                SOURCE_CHANGED,
                ADDRESS_UNKNOWN,
                PACKAGE_TOOL,
                ARCHIVE,
                SOURCE_TABLE,
                QUERY_FAILED,
                QUERY_NOT_SELECT,
                QUERY_REACHES_OUT,
                QUERY_TOO_SLOW,
                NOT_JSON,
                LINE_TOO_LONG,
                NUL_BYTES,
                NOT_UTF8,
                NO_ROWS,
                FORMAT_UNKNOWN,
                ROW_SHAPE,
                TEMPLATE,
                LABEL_UNKNOWN,
                UNREADABLE,
                TABLE_BROKEN,
                TASK_MISMATCH,
                PART_EMPTY,
                GROUP_MISSING,
                LABEL_UNSEEN,
                UNWRITABLE,
                EMPTY_PROMPT,
                EMPTY_ANSWER);
    }

    /** A file that cannot be opened or breaks off. */
    public static FineTuneException unreadable(String file, IOException cause) {
        return unreadable(file, file, cause);
    }

    /**
     * The same of a file that problems call otherwise than a shell does.
     *
     * @param name what problems call it
     * @param shown the file as a word of a command
     */
    public static FineTuneException unreadable(String name, String shown, IOException cause) {
        return UNREADABLE
                .error("cannot read " + name)
                .at(Location.of(name))
                .because(reason(cause))
                .remedy("ls -l " + shown)
                .asException(cause);
    }

    /** A file or folder that cannot be written. */
    public static FineTuneException unwritable(String file, IOException cause) {
        return UNWRITABLE
                .error("cannot write " + file)
                .at(Location.of(file))
                .because(reason(cause))
                .asException(cause);
    }

    /** What an I/O failure means, in words that name no class. */
    public static String reason(IOException cause) {
        return FileReason.of(cause);
    }

    private static ProblemKind kind(String code, String title, String explanation, String remedy) {
        return new ProblemKind(code, title, ExitCode.INVALID, explanation, remedy);
    }
}
