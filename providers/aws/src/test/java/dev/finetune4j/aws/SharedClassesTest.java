package dev.finetune4j.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.aws.account.AwsPlace;
import dev.finetune4j.spi.VendorPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What all of Amazon's places share names none of them, so that another one changes nothing of it. */
class SharedClassesTest {
    private static final Path MAIN = Path.of("src/main/java/dev/finetune4j/aws");
    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** Amazon's name of a service that two places use; as a target it stands behind {@code places.} or {@code --target}. */
    private static final String SERVICE = "sagemaker";

    @Test
    void findsEveryPlaceByItsRegistration() {
        assertThat(VendorPlace.all(AwsPlace.class))
                .extracting(place -> place.id().value())
                .containsExactlyInAnyOrder("sagemaker", "jumpstart", "bedrock");
        assertThat(VendorPlace.all(AwsPlace.class).stream().filter(AwsPlace::isUsual))
                .hasSize(1);
    }

    @Test
    void nameNoTarget() throws IOException {
        List<String> named = new ArrayList<>();
        int texts = 0;
        for (Path file : shared()) {
            Matcher text = TEXT.matcher(Files.readString(file));
            while (text.find()) {
                texts++;
                for (AwsPlace place : VendorPlace.all(AwsPlace.class)) {
                    if (names(text.group(1), place.id().value())) {
                        named.add(MAIN.relativize(file) + ": " + text.group());
                    }
                }
            }
        }

        assertThat(texts).isGreaterThan(500);
        assertThat(named).isEmpty();
    }

    private static boolean names(String text, String target) {
        String before = target.equals(SERVICE) ? "(places\\.|--target )" : "\\b";
        return Pattern.compile(before + target + "\\b").matcher(text).find();
    }

    /** All but the packages of the places. */
    private static List<Path> shared() throws IOException {
        List<Path> own = VendorPlace.all(AwsPlace.class).stream()
                .map(place -> MAIN.resolve(place.getClass().getPackageName().replaceFirst(".*\\.", "")))
                .toList();
        try (Stream<Path> files = Files.walk(MAIN)) {
            return files.filter(file ->
                            file.toString().endsWith(".java") && own.stream().noneMatch(file::startsWith))
                    .toList();
        }
    }
}
