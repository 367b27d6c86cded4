package dev.finetune4j.engine.report;

import dev.finetune4j.engine.check.privacy.PrivacyFinding;
import dev.finetune4j.engine.check.privacy.PrivacyScanner;
import dev.finetune4j.engine.check.privacy.Sensitivity;
import java.util.Set;

/**
 * Takes secrets and personal data out of rows before they are shown: a report travels further than the data does. Safe for use by
 * several threads.
 */
public final class MaskedText {
    private final PrivacyScanner scanner = PrivacyScanner.of(Set.of(Sensitivity.values()));

    /** The text with each finding replaced by the name of what it is, such as {@code [email]}. */
    public String masked(String text) {
        StringBuilder masked = new StringBuilder();
        int from = 0;
        for (PrivacyFinding finding : scanner.scan(text)) {
            masked.append(text, from, finding.start())
                    .append('[')
                    .append(finding.rule())
                    .append(']');
            from = finding.end();
        }
        return masked.append(text, from, text.length()).toString();
    }
}
