package dev.finetune4j.job;

import dev.finetune4j.value.Checks;
import dev.finetune4j.value.Describe;
import dev.finetune4j.value.Form;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named source of data for a query.
 *
 * @param from where it is to be had, first choice first: a file or folder, {@code https://...},
 *     {@code pypi:NAME==VERSION!path} or {@code maven:GROUP:ARTIFACT:VERSION!path}
 * @param sha256 the expected SHA-256 of the file in lower-case hex, or null where it is not pinned
 */
@Describe("A named source of data, with alternates.")
public record SourceSpec(
        @Describe(
                value =
                        "Where the file is to be had, first choice first: a path, https://..., pypi:NAME==VERSION!path or maven:GROUP:ARTIFACT:VERSION!path.",
                example = "[rows.jsonl]")
        List<String> from,

        @Describe("Expected SHA-256 of the file, in hex; not pinned by default.")
        @Form(pattern = "[0-9a-f]{64}", wanted = "64 lower-case hex digits", example = "")
        @Nullable
        String sha256) {
    /** Copies the list; refuses an empty one and a digest of another shape. */
    public SourceSpec {
        from = List.copyOf(from);
        if (from.isEmpty()) {
            throw new IllegalArgumentException("from must name at least one address");
        }
        from.forEach(address -> Checks.notBlank("from", address));
        if (sha256 != null && !sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256 must be 64 lower-case hex digits, was " + sha256);
        }
    }

    /** A source with one address, not pinned. */
    public static SourceSpec of(String address) {
        return new SourceSpec(List.of(address), null);
    }
}
