package dev.finetune4j.worker.recipe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The core's tiny encoders, with a tokenizer that knows the words of {@link RecipeTickets}, and with the dropout that published ones have. */
final class RecipeEncoder {
    private static final Path FIXTURES = Path.of(
                    "../training/src/test/resources/dev/finetune4j/training/model/encoder/fixtures")
            .toAbsolutePath();
    private static final List<String> SPECIAL = List.of("[CLS]", "[PAD]", "[SEP]", "[UNK]");
    private static final List<String> WORDS =
            List.of("refund", "the", "my", "please", "again", "not", "screen", "is", "was");
    private static final List<String> DROPOUTS =
            List.of("hidden_dropout_prob", "attention_probs_dropout_prob", "dropout", "attention_dropout");

    private RecipeEncoder() {}

    /**
     * Writes a model whose head tells {@code LABEL_0} to {@code LABEL_2} apart.
     *
     * @param family {@code bert}, {@code distilbert} or {@code roberta}
     */
    static Path write(Path folder, String family) throws IOException {
        Files.createDirectories(folder);
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(FIXTURES.resolve(family).resolve(name), folder.resolve(name));
        }
        ObjectNode config = (ObjectNode)
                Json.records().readTree(folder.resolve("config.json").toFile());
        DROPOUTS.stream().filter(config::has).forEach(name -> config.put(name, 0.1));
        Files.writeString(folder.resolve("config.json"), config.toPrettyString());
        List<String> vocabulary = new ArrayList<>(SPECIAL);
        vocabulary.addAll(WORDS);
        String entries = IntStream.range(0, vocabulary.size())
                .mapToObj(id -> "\"" + vocabulary.get(id) + "\": " + id)
                .collect(Collectors.joining(", "));
        String added = IntStream.range(0, SPECIAL.size())
                .mapToObj(id -> """
                        {"id": %s, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false,
                         "normalized": false, "special": true}""".formatted(id, SPECIAL.get(id)))
                .collect(Collectors.joining(", "));
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version": "1.0", "added_tokens": [%s],
                 "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
                  "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 0]},
                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {%s}}}
                """.formatted(added, entries));
        return folder;
    }
}
