package dev.finetune4j.engine.data.format;

/** Comma-separated values, quoted and not. */
public final class CsvTarget extends RowsTarget {
    public CsvTarget() {
        super(
                "csv",
                "text,label\na,b\nc,d\n",
                "question;answer\n\"a;\"\"b\"\"\";c\n",
                "prompt\tcompletion\n\"two\nlines\"\tb\n");
    }
}
