package dev.finetune4j.engine.check;

import dev.finetune4j.data.Example;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.engine.check.RowFacts.FieldSpan;
import dev.finetune4j.engine.check.duplicates.Hashing;
import dev.finetune4j.engine.check.duplicates.SimilarTexts;
import dev.finetune4j.engine.check.duplicates.Sketch;
import dev.finetune4j.engine.check.duplicates.TemplatePairs;
import dev.finetune4j.engine.check.privacy.PrivacyScanner;
import dev.finetune4j.engine.check.tokens.SpecialTokens;
import dev.finetune4j.job.TaskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at the texts of one row. Safe for use by several threads. */
final class RowInspector {
    private final TaskKind kind;
    private final TemplatePairs template;
    private final SpecialTokens specialTokens;
    private final PrivacyScanner privacy;

    RowInspector(TaskKind kind, TemplatePairs template, SpecialTokens specialTokens, PrivacyScanner privacy) {
        this.kind = kind;
        this.template = template;
        this.specialTokens = specialTokens;
        this.privacy = privacy;
    }

    RowFacts inspect(Example example) {
        ComparedText compared = ComparedText.of(example, kind);
        int[] sketch = Sketch.of(compared.text(), template);
        List<TextField> fields = TextField.of(example);
        List<FieldSpan> special = new ArrayList<>(0);
        List<FieldSpan> secrets = new ArrayList<>(0);
        long bytes = 0;
        for (TextField field : fields) {
            bytes += utf8Length(field.text());
            specialTokens.firstIn(field.text()).ifPresent(at -> {
                String token = specialTokens.at(field.text(), at);
                special.add(new FieldSpan(field.name(), at, at + token.length(), token));
            });
            privacy.scan(field.text())
                    .forEach(found ->
                            secrets.add(new FieldSpan(field.name(), found.start(), found.end(), found.rule())));
        }
        Optional<TextField> emptyAnswer = answers(example, fields).stream()
                .filter(field -> field.text().isBlank())
                .findFirst();
        return new RowFacts(
                example.row(),
                example instanceof Example.Conversation conversation ? conversation.label() : null,
                emptyAnswer.map(TextField::name).orElseGet(() -> emptyPrompt(example, fields)),
                emptyAnswer.isPresent(),
                special,
                secrets,
                Hashing.of(compared.text()),
                Hashing.of(compared.answer()),
                sketch,
                SimilarTexts.bandKeys(sketch),
                bytes);
    }

    /** The texts that are learned at a row's end. */
    private static List<TextField> answers(Example example, List<TextField> fields) {
        int before = example instanceof Example.Conversation conversation
                ? conversation.prompt().size()
                : 0;
        return fields.subList(before, fields.size());
    }

    private static @Nullable String emptyPrompt(Example example, List<TextField> fields) {
        if (!(example instanceof Example.Conversation conversation)) {
            return null;
        }
        List<Message> messages = conversation.messages();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == Role.USER && messages.get(i).content().isBlank()) {
                return fields.get(i).name();
            }
        }
        return null;
    }

    static long utf8Length(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // A surrogate pair is two characters and four bytes.
                bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return bytes;
    }
}
