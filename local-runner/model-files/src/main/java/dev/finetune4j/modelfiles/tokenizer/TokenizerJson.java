package dev.finetune4j.modelfiles.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import dev.finetune4j.modelfiles.ModelJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tokenizer.json, reduced to what turns text into tokens: padding, truncation and the post-processor are taken out, since the chat
 * template writes every special token itself.
 */
public final class TokenizerJson {
    private static final long MAX_BYTES = 256L << 20;
    private static final int MAX_TOKEN_ID = 1 << 22;

    private final String source;
    private final ObjectNode json;
    private final List<AddedToken> addedTokens;
    private final Renumbering renumberingWithoutSpecialTokens;
    private final Map<String, Integer> idByToken;
    private final Optional<String> beginToken;
    private final TextFrame frame;

    private TokenizerJson(String source, ObjectNode json) {
        this.source = source;
        this.beginToken = beginToken(json.path("post_processor"));
        this.frame = TextFrame.of(json.path("post_processor"));
        this.json = json;
        JsonNode processor = json.path("post_processor");
        json.putNull("padding");
        json.putNull("truncation");
        json.putNull("post_processor");
        Map<String, Integer> ofModel = readVocabulary();
        List<AddedToken> given = readAddedTokens();
        refuseTakenNumbers(given, ofModel);
        refuseAnotherOrder(given, ofModel);
        this.addedTokens = numbered(given, ofModel);
        this.renumberingWithoutSpecialTokens = renumbering(ofModel);
        addedTokens.forEach(token -> ofModel.put(token.content(), token.id()));
        this.idByToken = ofModel;
        refuseUndefinedTokens(processor);
        NativeFaults.in(json).ifPresent(fault -> {
            throw damaged("the tokenizers library fails on it", fault);
        });
    }

    /**
     * Reads a file.
     *
     * @throws FineTuneException with FT0431 if it is no such JSON, FT0402 if it cannot be read
     */
    public static TokenizerJson read(Path file) {
        return of(file.toString(), ModelJson.readObject(file, MAX_BYTES, ModelFilesProblems.TOKENIZER_DAMAGED));
    }

    /**
     * Takes a tree, which belongs to the result from then on.
     *
     * @param source where it comes from, for messages
     * @throws FineTuneException with FT0431 if its vocabulary cannot be understood
     */
    static TokenizerJson of(String source, JsonNode json) {
        return new TokenizerJson(source, (ObjectNode) json);
    }

    /** Where it comes from, for messages. */
    public String source() {
        return source;
    }

    /**
     * Tokens that are recognized in text, with the numbers that the tokenizers library gives them, and transformers with it: one after
     * the other behind those of the model, whatever gaps the file has. Those that the model has, too, keep its number.
     */
    public List<AddedToken> addedTokens() {
        return addedTokens;
    }

    /** The number of a token, added or not. */
    public Optional<Integer> id(String token) {
        return Optional.ofNullable(idByToken.get(token));
    }

    /** One more than the largest token number. */
    public int vocabularySize() {
        return idByToken.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }

    /** The special token that the tokenizer puts before a text, if it does. */
    public Optional<String> beginToken() {
        return beginToken;
    }

    /** The special tokens that the tokenizer puts around a text. */
    public TextFrame frame() {
        return frame;
    }

    /**
     * Whether a piece of text gives the same tokens wherever it stands. Not so where a blank is put before the first word: there the
     * pieces of a text must be tokenized with what precedes them.
     */
    public boolean isPositionIndependent() {
        String steps = json.path("normalizer") + json.path("pre_tokenizer").toString();
        boolean metaspace = steps.contains("\"Metaspace\"") && !steps.contains("\"prepend_scheme\":\"never\"");
        return !metaspace && !steps.contains("\"Prepend\"") && !steps.contains("\"add_prefix_space\":true");
    }

    /** The tree; not to be changed. */
    JsonNode tree() {
        return json;
    }

    /** The JSON text. */
    String text() {
        return new String(ModelJson.write(json), StandardCharsets.UTF_8);
    }

    /**
     * The JSON text for other programs, whose tokenizer puts the begin token before a text itself.
     *
     * @param isWanted whether it shall, where there is one
     */
    public String textWithBeginToken(boolean isWanted) {
        ObjectNode copy = json.objectNode().setAll(json);
        beginToken
                .filter(token -> isWanted)
                .flatMap(token -> id(token).map(id -> putsBefore(token, id)))
                .ifPresent(processor -> copy.set("post_processor", processor));
        return new String(ModelJson.write(copy), StandardCharsets.UTF_8);
    }

    private ObjectNode putsBefore(String token, int number) {
        ObjectNode processor = json.objectNode().put("type", "TemplateProcessing");
        for (String kind : List.of("single", "pair")) {
            ArrayNode template = processor.putArray(kind);
            for (String sequence : kind.equals("single") ? List.of("A") : List.of("A", "B")) {
                int type = sequence.charAt(0) - 'A';
                template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
                template.addObject().putObject("Sequence").put("id", sequence).put("type_id", type);
            }
        }
        ObjectNode special =
                processor.putObject("special_tokens").putObject(token).put("id", token);
        special.putArray("ids").add(number);
        special.putArray("tokens").add(token);
        return processor;
    }

    /** The JSON text of a tokenizer that takes the spelling of a special token for plain text. */
    String textWithoutSpecialTokens() {
        ObjectNode copy = json.objectNode().setAll(json);
        ArrayNode kept = copy.arrayNode();
        json.path("added_tokens").forEach(token -> {
            if (!token.path("special").asBoolean()) {
                kept.add(token);
            }
        });
        copy.set("added_tokens", kept);
        return new String(ModelJson.write(copy), StandardCharsets.UTF_8);
    }

    /** The right numbers for the tokens of {@link #textWithoutSpecialTokens()}. */
    Renumbering renumberingWithoutSpecialTokens() {
        return renumberingWithoutSpecialTokens;
    }

    private Renumbering renumbering(Map<String, Integer> ofModel) {
        List<AddedToken> kept =
                addedTokens.stream().filter(token -> !token.special()).toList();
        Map<Integer, Integer> right = new HashMap<>();
        List<AddedToken> renumbered = numbered(kept, ofModel);
        for (int i = 0; i < kept.size(); i++) {
            right.put(renumbered.get(i).id(), kept.get(i).id());
        }
        return new Renumbering(right);
    }

    /** Tokens as the library numbers them: behind those of the model, and each behind all that are added before it. */
    private List<AddedToken> numbered(List<AddedToken> tokens, Map<String, Integer> ofModel) {
        Set<Integer> taken = new HashSet<>(ofModel.values());
        Map<String, Integer> numbers = new HashMap<>();
        int ofModelCount = json.path("model").path("vocab").size();
        int next = ofModelCount;
        List<AddedToken> numbered = new ArrayList<>();
        for (AddedToken token : tokens) {
            String content = token.content();
            if (!ofModel.containsKey(content) && !numbers.containsKey(content) && taken.contains(next)) {
                throw damaged(
                        "two tokens would have the number " + next,
                        "its model has " + ofModelCount + " tokens, so that those added to it are numbered from "
                                + ofModelCount + " on");
            }
            int number = numbers.getOrDefault(content, ofModel.getOrDefault(content, next));
            numbers.put(content, number);
            next = Math.max(next, number + 1);
            numbered.add(new AddedToken(number, content, token.special()));
        }
        return List.copyOf(numbered);
    }

    /** With the numbers that the file gives. */
    private List<AddedToken> readAddedTokens() {
        List<AddedToken> tokens = new ArrayList<>();
        for (JsonNode token : json.path("added_tokens")) {
            String content = token.path("content").asText();
            if (content.isEmpty()) {
                throw damaged("an added token has no content", "its id is " + token.path("id"));
            }
            tokens.add(new AddedToken(
                    id(content, token.path("id")),
                    content,
                    token.path("special").asBoolean()));
        }
        return tokens;
    }

    private Map<String, Integer> readVocabulary() {
        Map<String, Integer> ids = new HashMap<>();
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isObject()) {
            vocabulary.properties().forEach(entry -> ids.put(entry.getKey(), id(entry.getKey(), entry.getValue())));
        } else if (vocabulary.isArray()) {
            for (int i = 0; i < vocabulary.size(); i++) {
                ids.put(vocabulary.path(i).path(0).asText(), i);
            }
        }
        if (ids.isEmpty()) {
            throw damaged("it has no vocabulary", "model.vocab is missing or empty");
        }
        return ids;
    }

    /** The library would give such an added token another number, behind those that the model has embeddings for. */
    private void refuseTakenNumbers(List<AddedToken> given, Map<String, Integer> ofModel) {
        Set<Integer> taken = new HashSet<>(ofModel.values());
        given.stream()
                .filter(token -> !ofModel.containsKey(token.content()) && taken.contains(token.id()))
                .findFirst()
                .ifPresent(token -> {
                    throw damaged(
                            "two tokens have the number " + token.id(),
                            "the added token \"" + token.content() + "\" and one of the vocabulary");
                });
    }

    /**
     * Refuses what transformers numbers in two ways: by the order of the file where the library reads it, and by the numbers where a
     * class of its own does, such as LlamaTokenizer, which keeps only the last token of each number.
     */
    private void refuseAnotherOrder(List<AddedToken> given, Map<String, Integer> ofModel) {
        Map<Integer, String> contentById = new HashMap<>();
        int last = -1;
        for (AddedToken token : given) {
            String other = contentById.putIfAbsent(token.id(), token.content());
            if (other != null && !other.equals(token.content())) {
                throw damaged(
                        "two tokens have the number " + token.id(),
                        "the added tokens \"" + other + "\" and \"" + token.content() + "\"");
            }
            if (other == null && !ofModel.containsKey(token.content())) {
                if (token.id() < last) {
                    throw damaged(
                            "its added tokens are not in the order of their numbers",
                            "\"" + token.content() + "\" with " + token.id() + " stands behind one with " + last
                                    + ", and the tokenizers library numbers them in the order of the file");
                }
                last = token.id();
            }
        }
    }

    /** The library refuses a post-processor that puts what it does not define; it is taken out before the library sees it. */
    private void refuseUndefinedTokens(JsonNode processor) {
        processor.path("processors").forEach(this::refuseUndefinedTokens);
        for (String kind : List.of("single", "pair")) {
            for (JsonNode part : processor.path(kind)) {
                String token = part.path("SpecialToken").path("id").asText();
                boolean isDefined = processor.path("special_tokens").has(token) || idByToken.containsKey(token);
                if (part.has("SpecialToken") && !isDefined) {
                    throw damaged(
                            "its post_processor puts a token around texts that there is none of",
                            "\"" + token + "\" is neither one of its special_tokens nor of the vocabulary");
                }
            }
        }
    }

    private int id(String token, JsonNode id) {
        if (!id.isInt() || id.asInt() < 0 || id.asInt() >= MAX_TOKEN_ID) {
            throw damaged(
                    "token " + token + " has an impossible number",
                    id + "; 0 to " + (MAX_TOKEN_ID - 1) + " are possible");
        }
        return id.asInt();
    }

    /** The post-processor that adds special tokens, alone or in a sequence of several. */
    private static Optional<String> beginToken(JsonNode processor) {
        if (processor.path("type").asText().equals("Sequence")) {
            for (JsonNode inner : processor.path("processors")) {
                Optional<String> token = beginToken(inner);
                if (token.isPresent()) {
                    return token;
                }
            }
            return Optional.empty();
        }
        JsonNode first = processor.path("single").path(0).path("SpecialToken").path("id");
        return first.isTextual() ? Optional.of(first.asText()) : Optional.empty();
    }

    private FineTuneException damaged(String summary, String cause) {
        return ModelFilesProblems.TOKENIZER_DAMAGED
                .error("the tokenizer is damaged: " + summary)
                .at(Location.of(source))
                .because(cause)
                .asException();
    }
}
