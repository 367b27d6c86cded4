package dev.finetune4j.modelfiles.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.error.FineTuneException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected texts are made by src/test/python/make_template_fixtures.py with transformers. */
class ChatTemplateTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/finetune4j/modelfiles/template");
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 3, 9, 14, 5, 6);
    private static final ObjectMapper JSON = new ObjectMapper();

    record Case(String template, String conversation, JsonNode json) {
        @Override
        public String toString() {
            return template + " " + conversation;
        }
    }

    static Stream<Case> cases() throws IOException {
        JsonNode cases = JSON.readTree(FOLDER.resolve("cases.json").toFile());
        return StreamSupport.stream(cases.spliterator(), false)
                .map(json -> new Case(
                        json.path("template").asText(),
                        json.path("conversation").asText(),
                        json));
    }

    @Test
    void hasAllFeaturesAndAllConversationsAsFixtures() throws IOException {
        assertThat(cases()).hasSize(51 + 5 * 6);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsTransformers(Case fixture) throws IOException {
        ChatTemplate template =
                ChatTemplate.parse(fixture.template(), Files.readString(FOLDER.resolve(fixture.template())));

        if (fixture.json().has("error")) {
            String code = fixture.json().path("error").asText().equals("raised") ? "FT0442" : "FT0441";
            assertThatThrownBy(() -> template.render(variables(fixture.json()), NOW))
                    .isInstanceOf(FineTuneException.class)
                    .hasMessageContaining(code);
            return;
        }
        Rendering rendering = template.render(variables(fixture.json()), NOW);
        assertThat(rendering.text()).isEqualTo(fixture.json().path("text").asText());
        assertThat(codePointSpans(rendering)).isEqualTo(expectedSpans(fixture.json()));
    }

    private static Map<String, Object> variables(JsonNode fixture) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", JSON.convertValue(fixture.path("messages"), List.class));
        variables.put("add_generation_prompt", fixture.path("generationPrompt").asBoolean());
        variables.put("tools", null);
        variables.put("documents", null);
        variables.put("bos_token", "<BOS>");
        variables.put("eos_token", "<EOS>");
        variables.put("unk_token", "<unk>");
        variables.put("pad_token", "<pad>");
        return variables;
    }

    private static List<List<Integer>> codePointSpans(Rendering rendering) {
        return rendering.generationSpans().stream()
                .map(span -> List.of(
                        rendering.text().codePointCount(0, span.start()),
                        rendering.text().codePointCount(0, span.end())))
                .toList();
    }

    private static List<List<Integer>> expectedSpans(JsonNode fixture) {
        List<List<Integer>> spans = new ArrayList<>();
        fixture.path("spans")
                .forEach(span ->
                        spans.add(List.of(span.get(0).asInt(), span.get(1).asInt())));
        return spans;
    }

    @Test
    void namesLineAndColumnOfASyntaxError() {
        assertThatThrownBy(() -> ChatTemplate.parse("t.jinja", "a\n  {% fro x in y %}"))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0440")
                .hasMessageContaining("t.jinja:2:6");
    }

    @Test
    void namesLineAndColumnOfAFailure() {
        ChatTemplate template = ChatTemplate.parse("t.jinja", "a\n{% if true %}\n  b{{ missing.name }}\n{% endif %}");

        assertThatThrownBy(() -> template.render(Map.of(), NOW))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0441")
                .hasMessageContaining("t.jinja:3:4")
                .satisfies(thrown -> assertThat(
                                ((FineTuneException) thrown).problems().get(0).causes())
                        .containsExactly("'missing' is undefined"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(1000000) %}{% endfor %}",
                "{{ 'ab' * 10 ** 12 }}",
                "{{ 10 ** 100000 }}",
                "{% set ns = namespace(s='0123456789') %}{% for a in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor"
                        + " %}",
                "{% set ns = namespace(s=[1]) %}{% for a in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
                "{% for a in range(100000) %}{{ 'x'.ljust(100000) }}{% endfor %}",
                "{{ 'a'.replace('', 'b' * 1000000).replace('b', 'b' * 1000000) }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}"
            })
    void stopsTemplatesThatCostTooMuch(String source) {
        ChatTemplate template = ChatTemplate.parse("t.jinja", source);

        assertThatThrownBy(() -> template.render(Map.of(), NOW))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0443");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if %}",
                "{% if true %}",
                "{% for x in %}{% endfor %}",
                "{{ a | nosuchfilter }}",
                "{{ a is nosuchtest }}",
                "{{ a is defined or a | nosuchfilter }}",
                "{% if false %}{% for q in [] %}{{ q | nosuchfilter }}{% endfor %}{% endif %}",
                "{% if false %}{% for q in [] if q is nosuchtest %}{% endfor %}{% endif %}",
                "{% if false %}{% set q %}{{ a | nosuchfilter }}{% endset %}{% endif %}",
                "{% if false %}{% set q | nosuchfilter %}a{% endset %}{% endif %}",
                "{% if false %}{% filter nosuchfilter %}a{% endfilter %}{% endif %}",
                "{% if false %}{% macro m() %}{{ a | nosuchfilter }}{% endmacro %}{% endif %}",
                "{% if false %}{% macro m(q=a | nosuchfilter) %}{% endmacro %}{% endif %}",
                "{{ 'open }}",
                "{{ (1, 2 }}",
                "{{ 99999999999999999999 }}",
                "{{ '\\xzz' }}",
                "{# never ends",
                "{% raw %} never ends",
                "{% include 'x' %}",
                "{% endfor %}",
                "{{ }}",
                "{% set = 1 %}"
            })
    void refusesTemplatesThatAreNotWellFormed(String source) {
        assertThatThrownBy(() -> ChatTemplate.parse("t.jinja", source))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0440");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if false %}{{ a | nosuchfilter }}{% endif %}x",
                "{% if false and a is nosuchtest %}y{% endif %}x",
                "{% if false %}y{% elif false and a | nosuchfilter %}z{% endif %}x",
                "{{ 'x' if true else a | nosuchfilter }}",
                "{{ a | nosuchfilter if false else 'x' }}",
                "{% if false %}{% for q in a | nosuchfilter %}{% endfor %}{% endif %}x",
                "{% if false %}{% with q = a | nosuchfilter %}{% endwith %}{% endif %}x",
                "{% macro m() %}{% if false %}{{ a | nosuchfilter }}{% endif %}{% endmacro %}x"
            })
    void leavesUnknownNamesInABranchToTheRenderingAsJinjaDoes(String source) {
        assertThat(ChatTemplate.parse("t.jinja", source).render(Map.of(), NOW).text())
                .isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{% if true %}\n{{ 1 | nosuch }}{% endif %}", "{% if true %}\n{{ 1 is nosuch }}{% endif %}"})
    void namesTheUnknownNameThatARenderingReaches(String source) {
        ChatTemplate template = ChatTemplate.parse("t.jinja", source);

        assertThatThrownBy(() -> template.render(Map.of(), NOW))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0441")
                .hasMessageContaining("t.jinja:2:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{{ ", "not ", "-", "{% if a %}"})
    void refusesNestingThatWouldExhaustTheStack(String opening) {
        String prefix = opening.startsWith("{") ? "" : "{{ ";

        assertThatThrownBy(() -> ChatTemplate.parse("t.jinja", prefix + opening.repeat(20_000)))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0440");
    }

    @Test
    void refusesTemplatesOfUnreasonableLength() {
        assertThatThrownBy(() -> ChatTemplate.parse("t.jinja", "x".repeat(ChatTemplate.MAX_CHARACTERS + 1)))
                .isInstanceOf(FineTuneException.class)
                .hasMessageContaining("FT0440");
    }

    @Test
    void givesNoWayToJavaObjects() {
        ChatTemplate template = ChatTemplate.parse(
                "t.jinja",
                "{{ ''.class is defined }}{{ ''.__class__ is defined }}{{ messages.getClass is defined }}"
                        + "{{ messages.append is defined }}{{ raise_exception.call is defined }}");

        assertThat(template.render(Map.of("messages", List.of("a")), NOW).text())
                .isEqualTo("FalseFalseFalseFalseFalse");
    }

    @Test
    void neverRunsTemplateSyntaxInContents() {
        ChatTemplate template = ChatTemplate.parse("t.jinja", "{{ messages[0].content }}");
        String hostile = "{{ raise_exception('run') }}{% for x in range(9) %}{# gone #}";

        Rendering rendering =
                template.render(Map.of("messages", List.of(Map.of("role", "user", "content", hostile))), NOW);

        assertThat(rendering.text()).isEqualTo(hostile);
    }
}
