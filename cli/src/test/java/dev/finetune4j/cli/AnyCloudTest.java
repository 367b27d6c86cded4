package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.spi.AccountExaminer;
import dev.finetune4j.spi.AccountFounder;
import dev.finetune4j.spi.CloudPlayer;
import dev.finetune4j.spi.OfferSource;
import dev.finetune4j.spi.ProviderFactory;
import dev.finetune4j.value.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No line of the engine or of the command line knows which cloud it talks to, so that another cloud changes none of them. What their classes
 * depend on is {@link ArchitectureTest}'s; this reads what they say, data and texts, too. A cloud that is added is looked for without a line here, since
 * its names are those that the class path has.
 */
class AnyCloudTest {
    private static final Path ROOT = Path.of("..");
    private static final String ENGINE = "sdk/engine/src/main/";
    private static final String COMMAND_LINE = "cli/src/main/";
    private static final String DATA = ENGINE + "java/dev/finetune4j/engine/data/";
    private static final String PRIVACY = ENGINE + "java/dev/finetune4j/engine/check/privacy/";
    private static final String RESOURCES = ENGINE + "resources/dev/finetune4j/engine/";

    /** What vendors and their things are called besides. */
    private static final Set<String> OTHER_NAMES =
            Set.of("amazon", "microsoft", "openai", "azurite", "cloudformation", "cloudwatch");

    /** A name that is shorter may be the end of an English word, as of "laws". */
    private static final int NAMES_NOTHING_ELSE = 5;

    private static final String OF_ROWS = "rows come in formats that services have made known, and go to any place";
    private static final String OF_SECRETS = "data may hold the secrets of any vendor, whoever trains on it";
    private static final String OF_SOURCES = "a figure names who published it";

    /** Files in which names may be, each with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.ofEntries(
            Map.entry(DATA + "DataProblems.java", OF_ROWS),
            Map.entry(DATA + "format/DefaultTemplates.java", OF_ROWS),
            Map.entry(DATA + "format/FormatChoice.java", OF_ROWS),
            Map.entry(DATA + "format/MessagesMapper.java", OF_ROWS),
            Map.entry(DATA + "format/PreferenceMapper.java", OF_ROWS),
            Map.entry(DATA + "format/RowFormat.java", OF_ROWS),
            Map.entry(PRIVACY + "Credentials.java", OF_SECRETS),
            Map.entry(PRIVACY + "VendorKeys.java", OF_SECRETS),
            Map.entry(RESOURCES + "advise/approaches.json", OF_SOURCES),
            Map.entry(RESOURCES + "estimate/gpus.csv", OF_SOURCES),
            Map.entry(RESOURCES + "hints/hints.json", OF_SOURCES),
            Map.entry(RESOURCES + "plan/assumptions.json", OF_SOURCES),
            Map.entry(
                    RESOURCES + "models/catalogue.json",
                    "a model has other names at some places, and an owner; a place whose names are not here is told them by a job"),
            Map.entry(RESOURCES + "spec/template.yaml", "an example of a job file shows the settings of one place"));

    /** An example in a command's help, which can be pasted only if it names a place that there is. */
    private static final Pattern EXAMPLE = Pattern.compile("\\s*\"  finetune .*");

    @Test
    void noLineNamesOne() throws IOException {
        Map<String, List<String>> named = named();

        assertThat(named.entrySet().stream()
                        .filter(file -> !EXCEPTIONS.containsKey(file.getKey()))
                        .flatMap(file -> file.getValue().stream()))
                .isEmpty();
    }

    @Test
    void everyExceptionIsNeeded() throws IOException {
        assertThat(named().keySet()).containsAll(EXCEPTIONS.keySet());
    }

    @Test
    void looksForWhatTheClassPathHas() {
        assertThat(found())
                .contains("aws", "azure", "sagemaker", "jumpstart", "bedrock", "azure-ml", "azure-openai")
                .doesNotContain("local");
    }

    @Test
    void seesANameHoweverItIsWritten() {
        Pattern names = pattern(Set.of("aws", "vertex-ai", "sagemaker"));

        for (String line : new String[] {
            "\"at aws\"",
            "class PlayedAws",
            "AWS_REGION",
            "awsRegion",
            "VertexAi",
            "VERTEX_AI",
            "a vertex-ai",
            "--target=sagemaker",
            "SageMaker's",
            "ofSageMaker()"
        }) {
            assertThat(names.matcher(line).find()).as(line).isTrue();
        }
        for (String line : new String[] {"power laws", "DRAWS", "drawSomething", "awsome", "vertex, air"}) {
            assertThat(names.matcher(line).find()).as(line).isFalse();
        }
    }

    /** Every line that names a cloud, by its file. */
    private static Map<String, List<String>> named() throws IOException {
        Set<String> all = new TreeSet<>(found());
        all.addAll(OTHER_NAMES);
        Pattern names = pattern(all);
        Map<String, List<String>> named = new TreeMap<>();
        int files = 0;
        for (String module : List.of(ENGINE, COMMAND_LINE)) {
            for (Path path : files(ROOT.resolve(module))) {
                files++;
                String file = ROOT.relativize(path).toString();
                List<String> lines = Files.readAllLines(path);
                for (int i = 0; i < lines.size(); i++) {
                    String line = lines.get(i);
                    if (names.matcher(line).find() && !EXAMPLE.matcher(line).matches()) {
                        named.computeIfAbsent(file, none -> new ArrayList<>())
                                .add(file + ":" + (i + 1) + ": " + line.strip());
                    }
                }
            }
        }
        assertThat(files).as("files of both modules").isGreaterThan(300);
        return named;
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** What job files and command lines call clouds and their places. */
    private static Set<String> found() {
        Set<String> found = new TreeSet<>();
        found.addAll(ask(ProviderFactory.class, factory -> factory.id().value()));
        found.addAll(ask(AccountFounder.class, AccountFounder::vendor));
        found.addAll(ask(AccountExaminer.class, AccountExaminer::vendor));
        found.addAll(ask(CloudPlayer.class, CloudPlayer::vendor));
        found.addAll(ask(OfferSource.class, OfferSource::name));
        found.remove(ProviderId.LOCAL.value());
        return found;
    }

    private static <T> List<String> ask(Class<T> service, Function<T, String> name) {
        return ServiceLoader.load(service).stream()
                .map(provider -> name.apply(provider.get()))
                .toList();
    }

    private static Pattern pattern(Set<String> names) {
        return Pattern.compile(names.stream().map(AnyCloudTest::anyForm).collect(Collectors.joining("|")));
    }

    /** As a word, in the middle of a name of Java's, and as a constant. */
    private static String anyForm(String name) {
        String letters = "(?i:" + name.toLowerCase(Locale.ROOT).replace("-", "[-_ ]?") + ")";
        return name.length() < NAMES_NOTHING_ELSE
                ? "(?:(?<![A-Za-z])|(?<![A-Z])(?=[A-Z]))" + letters + "(?![a-z])"
                : letters;
    }
}
