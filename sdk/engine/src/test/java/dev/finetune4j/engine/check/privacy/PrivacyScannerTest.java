package dev.finetune4j.engine.check.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrivacyScannerTest {
    private static final int CASES_OF_RULE = 25;

    private final PrivacyScanner scanner = PrivacyScanner.of(EnumSet.allOf(Sensitivity.class));
    private final List<RuleCases> cases = Stream.of(
                    SecretCases.vendorKeys(),
                    SecretCases.credentials(),
                    PersonalCases.contacts(),
                    PersonalCases.money(),
                    PersonalCases.ids(),
                    PersonalCases.networkAndPerson())
            .flatMap(List::stream)
            .toList();

    @Test
    void knowsEnoughKindsAndEveryKindHasCases() {
        Map<Sensitivity, Long> kinds = PrivacyScanner.rules().stream()
                .collect(Collectors.groupingBy(PrivacyRule::sensitivity, Collectors.counting()));

        assertThat(kinds.get(Sensitivity.SECRET)).isGreaterThanOrEqualTo(25);
        assertThat(kinds.get(Sensitivity.PERSONAL)).isGreaterThanOrEqualTo(15);
        assertThat(cases.stream().map(RuleCases::rule))
                .containsExactlyInAnyOrderElementsOf(
                        PrivacyScanner.rules().stream().map(PrivacyRule::id).toList());
    }

    @Test
    void findsNearlyAllAndLittleElse() {
        List<String> mistakes = new ArrayList<>();
        Map<String, Score> scores = new HashMap<>();
        for (RuleCases rule : cases) {
            scores.put(rule.rule(), score(rule, mistakes));
        }

        Score total = scores.values().stream().reduce(new Score(0, 0, 0), Score::plus);

        assertThat(total.f2()).as("F2 of %s, mistakes: %s", total, mistakes).isGreaterThanOrEqualTo(0.95);
        assertThat(scores)
                .as("mistakes: %s", mistakes)
                .allSatisfy((rule, score) -> assertThat(score.f2()).as(rule).isGreaterThanOrEqualTo(0.9));
    }

    @Test
    void leavesHarmlessTextAlone() {
        assertThat(PersonalCases.harmless())
                .allSatisfy(text -> assertThat(scanner.scan(text)).isEmpty());
    }

    @Test
    void prefersTheSpecificRuleWhereSpansOverlap() {
        Draw draw = new Draw(3);
        String key = "gh" + "p_" + draw.of(Draw.ALNUM, 36);

        List<PrivacyFinding> found = scanner.scan("GITHUB_TOKEN = \"" + key + "\"");

        assertThat(found).containsExactly(new PrivacyFinding("github-token", 16, 56));
    }

    @Test
    void findsSeveralInOneTextInTheirOrder() {
        String text = "jo@mail.example.org from 81.2.69.142, card 4111 1111 1111 1111";

        assertThat(scanner.scan(text))
                .extracting(PrivacyFinding::rule)
                .containsExactly("email", "ip-address", "credit-card");
    }

    @Test
    void takesTwoDecimalsForAPlaceOnlyWhereSomethingSaysSo() {
        assertThat(List.of("[0.7569, 0.2818]", "latent: 48.8584, 2.2945", "48.8584, 2.2945"))
                .allSatisfy(text -> assertThat(scanner.scan(text)).isEmpty());
        assertThat(List.of("lat/lon 48.8584, 2.2945", "48.8584 N, 2.2945", "48.8584, 2.2945\u00B0"))
                .allSatisfy(text -> assertThat(scanner.scan(text))
                        .extracting(PrivacyFinding::rule)
                        .containsExactly("coordinates"));
    }

    @Test
    void looksOnlyForWhatIsWanted() {
        PrivacyScanner secrets = PrivacyScanner.of(EnumSet.of(Sensitivity.SECRET));

        assertThat(secrets.scan("jo@mail.example.org")).isEmpty();
        assertThat(PrivacyScanner.of(EnumSet.noneOf(Sensitivity.class)).scan("jo@mail.example.org"))
                .isEmpty();
    }

    @Test
    void refusesUnknownRules() {
        assertThatThrownBy(() -> PrivacyScanner.rule("tea-leaves")).hasMessageContaining("tea-leaves");
        assertThat(PrivacyScanner.rule("iban").title()).isEqualTo("bank account number (IBAN)");
    }

    private Score score(RuleCases rule, List<String> mistakes) {
        Draw draw = new Draw(rule.rule().hashCode());
        int hits = 0;
        int falseAlarms = 0;
        for (int i = 0; i < CASES_OF_RULE; i++) {
            String value = rule.value().apply(draw);
            String carrier = rule.carriers().get(i % rule.carriers().size());
            int start = carrier.indexOf("%s");
            PrivacyFinding expected = new PrivacyFinding(rule.rule(), start, start + value.length());
            Set<PrivacyFinding> found = new HashSet<>(scanner.scan(carrier.replace("%s", value)));
            hits += found.remove(expected)
                    ? 1
                    : mistake(mistakes, "missed " + rule.rule() + " in " + carrier.replace("%s", value) + " " + found);
            String nearMiss = rule.nearMiss().apply(draw);
            List<PrivacyFinding> wrong = scanner.scan(nearMiss);
            falseAlarms += wrong.size() + found.size();
            if (!wrong.isEmpty()) {
                mistake(mistakes, "found " + wrong + " in " + nearMiss);
            }
        }
        return new Score(hits, CASES_OF_RULE - hits, falseAlarms);
    }

    private static int mistake(List<String> mistakes, String mistake) {
        mistakes.add("\n" + mistake);
        return 0;
    }

    private record Score(int hits, int misses, int falseAlarms) {
        Score plus(Score other) {
            return new Score(hits + other.hits, misses + other.misses, falseAlarms + other.falseAlarms);
        }

        /** Recall weighs twice as much as precision: 5 hits over 5 hits, 4 misses and the false alarms. */
        double f2() {
            return 5.0 * hits / (5.0 * hits + 4.0 * misses + falseAlarms);
        }
    }
}
