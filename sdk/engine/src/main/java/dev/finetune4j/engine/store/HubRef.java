package dev.finetune4j.engine.store;

import dev.finetune4j.error.Location;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model on the Hugging Face hub.
 *
 * @param repository {@code ORG/NAME}, or {@code NAME} for the hub's oldest models
 * @param revision branch, tag or commit; {@code main} unless said
 */
record HubRef(String repository, String revision) {
    private static final String PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    private static final Pattern FORM = Pattern.compile(
            "hf:(?<repository>(?:" + PART + "/)?" + PART + ")(?:@(?<revision>[A-Za-z0-9][A-Za-z0-9._/-]{0,127}))?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    static HubRef parse(String text) {
        Matcher match = FORM.matcher(text);
        if (!match.matches() || text.contains("..")) {
            throw StoreProblems.BAD_REFERENCE
                    .error(text + " is no reference to a model on the hub")
                    .at(Location.ofKey("model"))
                    .asException();
        }
        String revision = match.group("revision");
        return new HubRef(match.group("repository"), revision == null ? "main" : revision);
    }

    /** The repository as one name of a folder, as huggingface_hub writes it. */
    String folderName() {
        return "models--" + repository.replace("/", "--");
    }

    /** Whether the revision can never mean something else. */
    boolean isCommit() {
        return COMMIT.matcher(revision).matches();
    }

    @Override
    public String toString() {
        return "hf:" + repository + (revision.equals("main") ? "" : "@" + revision);
    }
}
