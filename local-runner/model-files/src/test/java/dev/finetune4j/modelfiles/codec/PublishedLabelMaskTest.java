package dev.finetune4j.modelfiles.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.config.ModelFolder;
import dev.finetune4j.modelfiles.template.ChatTemplate;
import dev.finetune4j.modelfiles.template.PublishedTemplates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The label mask against the rendered text, for templates of real models. Answers are written in Greek, all else in Cyrillic, and
 * templates in neither: whatever the template, a Greek letter must be trained and a Cyrillic one must not.
 */
class PublishedLabelMaskTest {
    private static final Path MASKS = Path.of("src/test/resources/dev/finetune4j/modelfiles/codec/published-masks.tsv");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SPECIAL =
            Pattern.compile("<\\|[\\w/ ]+\\|>|<｜[^｜<>]+｜>|<\\|\\w+>|<\\w+\\|>|\\[\\|\\w+\\|]|</?s>"
                    + "|\\[/?[A-Z_]+]|<\\w+_of_\\w+>|<extra_id_\\d+>|<SPECIAL_\\d+>|<seed:\\w+>|\\[e~\\[|]~b]|]~!b\\[");
    private static final Map<String, String> TOKENS = Map.of("bos_token", "<BOS>", "eos_token", "<EOS>");
    private static final String BLANKS = " \n";

    @TempDir
    private Path folder;

    @Test
    void trainsExactlyTheAnswersInThoseOfTheSmallPackages() throws Exception {
        Map<String, String> expected = expected();
        expected.keySet().removeIf(name -> !name.startsWith("ax-") && !name.startsWith("trl-"));

        assertThat(masks(PublishedTemplates.SMALL, 8)).isEqualTo(expected);
    }

    @Tag("slow")
    @Test
    void trainsExactlyTheAnswersInAll() throws Exception {
        Map<String, String> masks = masks(PublishedTemplates.ALL, 60);
        if (Boolean.getBoolean("golden.rewrite")) {
            List<String> lines = new ArrayList<>();
            masks.forEach((name, mask) -> lines.add(name + "\t" + mask));
            Files.write(MASKS, lines);
        }

        assertThat(masks).isEqualTo(expected());
    }

    /** What the template writes around a trained answer, or the codes that refuse all conversations; by template. */
    private static Map<String, String> expected() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        for (String line : Files.readAllLines(MASKS)) {
            String[] cells = line.split("\t", 2);
            expected.put(cells[0], cells[1]);
        }
        return expected;
    }

    private Map<String, String> masks(List<String> packages, int conversations) throws Exception {
        ModelFixture.in(folder)
                .set("config.json", "max_position_embeddings", 1 << 20)
                .set("config.json", "vocab_size", 800);
        Map<String, String> masks = new TreeMap<>();
        for (Map.Entry<String, String> template :
                PublishedTemplates.fetch(packages).entrySet()) {
            masks.put(template.getKey(), mask(template.getKey(), template.getValue(), conversations));
        }
        return masks;
    }

    private String mask(String name, String template, int conversations) throws IOException {
        Map<Integer, String> specialTokens = writeModel(template);
        Set<String> around = new TreeSet<>();
        Set<String> codes = new TreeSet<>();
        try (HuggingFaceTextCodec codec = HuggingFaceTextCodec.open(ModelFolder.open(folder))) {
            ConversationRenderer renderer = new ConversationRenderer(ChatTemplate.parse(name, template), TOKENS);
            Random random = new Random(15);
            for (int i = 0; i < conversations; i++) {
                List<Message> messages = conversation(random, i);
                try {
                    around.addAll(new MaskedRow(codec, specialTokens, messages).checked(name, renderer));
                } catch (FineTuneException e) {
                    codes.add(e.problems().get(0).code());
                }
            }
        } catch (FineTuneException e) {
            codes.add(e.problems().get(0).code());
        }
        return (String.join(" | ", around) + "\t" + String.join(" ", codes)).strip();
    }

    /** The fixture's model with a template and the special tokens that its source spells, by number. */
    private Map<Integer, String> writeModel(String template) throws IOException {
        ObjectNode tokenizer = (ObjectNode)
                JSON.readTree(ModelFixture.CODEC.resolve("model/tokenizer.json").toFile());
        ArrayNode added = (ArrayNode) tokenizer.get("added_tokens");
        Map<Integer, String> specialTokens = new HashMap<>();
        added.forEach(token ->
                specialTokens.put(token.get("id").asInt(), token.get("content").asText()));
        Set<String> spelled = new LinkedHashSet<>(TOKENS.values());
        Matcher matcher = SPECIAL.matcher(template);
        while (matcher.find()) {
            spelled.add(matcher.group());
        }
        spelled.removeAll(specialTokens.values());
        int id = 600;
        for (String token : spelled) {
            specialTokens.put(id, token);
            added.addObject()
                    .put("id", id++)
                    .put("content", token)
                    .put("special", true)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false);
        }
        JSON.writeValue(folder.resolve("tokenizer.json").toFile(), tokenizer);
        JSON.writeValue(folder.resolve("tokenizer_config.json").toFile(), TOKENS);
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        return specialTokens;
    }

    private static List<Message> conversation(Random random, int i) {
        List<Message> messages = new ArrayList<>();
        if (i % 2 == 1) {
            messages.add(new Message(Role.SYSTEM, words(random, 'а')));
        }
        for (int turn = 0; turn <= i % 3; turn++) {
            messages.add(new Message(Role.USER, words(random, 'а')));
            messages.add(new Message(Role.ASSISTANT, words(random, 'α')));
        }
        return messages;
    }

    /** Words in the alphabet that begins with a letter, with blanks between and at times around them. */
    private static String words(Random random, char first) {
        StringBuilder text = new StringBuilder(blanks(random));
        for (int word = 0; word <= random.nextInt(4); word++) {
            text.append(word > 0 ? " " + blanks(random) : "");
            for (int letter = 0; letter <= random.nextInt(5); letter++) {
                text.append((char) (first + random.nextInt(24)));
            }
        }
        return text.append(blanks(random)).toString();
    }

    private static String blanks(Random random) {
        return random.nextInt(3) > 0 ? "" : BLANKS.substring(random.nextInt(2)).repeat(1 + random.nextInt(2));
    }
}
