package dev.finetune4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Made-up secrets to put where real ones would be, and the search for them where none may be. */
public final class PlantedSecrets {
    private static final String ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final List<String> NAME_ENDS =
            List.of("TOKEN", "SECRET", "PASSWORD", "API_KEY", "ACCESS_KEY", "CONNECTION_STRING", "CREDENTIAL");
    private static final int LENGTH = 32;

    private final Random random;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> elsewhere = new LinkedHashMap<>();

    /** {@code count} secrets in variables of the names that secrets usually have; the same seed gives the same. */
    public PlantedSecrets(int count, long seed) {
        random = new Random(seed);
        for (int i = 0; i < count; i++) {
            String name = i == 0 ? "HF_TOKEN" : "SERVICE_" + i + "_" + NAME_ENDS.get(i % NAME_ENDS.size());
            environment.put(name, text());
        }
    }

    /** Environment variables with the secrets as values. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** One more, to be put into something else than a variable with such a name. */
    public String plant(String where) {
        return elsewhere.computeIfAbsent(where, any -> text());
    }

    /** One that somebody else made. */
    public String plant(String where, String secret) {
        elsewhere.put(where, secret);
        return secret;
    }

    /** The secrets themselves. */
    public List<String> values() {
        return Stream.of(environment, elsewhere)
                .flatMap(all -> all.values().stream())
                .toList();
    }

    /** Fails if a secret stands in {@code text}; the failure says where it was put, not the value. */
    public void assertAbsentFrom(String where, String text) {
        List<String> leaked = new ArrayList<>();
        Stream.of(environment, elsewhere)
                .forEach(all -> all.forEach((name, value) -> {
                    if (text.contains(value)) {
                        leaked.add(name);
                    }
                }));
        assertThat(leaked).as("secrets found in %s", where).isEmpty();
    }

    /** Fails if a secret stands in the name or content of a file below {@code folder}. */
    public void assertAbsentBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString();
                assertAbsentFrom("a file name", name);
                assertAbsentFrom(name, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
