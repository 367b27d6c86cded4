package dev.finetune4j.engine.data.format;

/** One JSON array of rows. */
public final class JsonArrayTarget extends RowsTarget {
    public JsonArrayTarget() {
        super(
                "json",
                "[{\"prompt\":\"a\",\"completion\":\"b\"},\n{\"prompt\":\"c\",\"completion\":\"d\"}]\n",
                "[{\"conversations\":[{\"from\":\"human\",\"value\":\"a\"},{\"from\":\"gpt\",\"value\":\"b\"}]}]",
                "[]");
    }
}
