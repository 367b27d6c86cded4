package dev.finetune4j.engine.report.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text stays text in Markdown, and is left readable where nothing would happen to it. */
class MarkdownTest {
    @ParameterizedTest
    @CsvSource({
        "job.yaml:7:3, job.yaml:7:3",
        "at 09:30 UTC: done, at 09:30 UTC: done",
        "arn:aws:bedrock:us-east-1, arn:aws:bedrock:us-east-1",
        "https://example.com, https\\://example.com",
        ":tada: and :100:, \\:tada: and \\:100:",
        "resume RUN    # goes on, resume RUN    # goes on",
        "of #1, of \\#1",
        "- # a, - \\# a",
        "+ # a, + \\# a",
        "1. # a, 1. \\# a",
        "2) - ## a, 2) - \\#\\# a",
        "[a](b), [a\\](b)",
        "[a]: b, [a\\]: b",
    })
    void escapesWhatWouldBecomeSomething(String text, String escaped) {
        assertThat(Markdown.text(text)).isEqualTo(escaped);
    }

    @Test
    void aLineThatBeginsWithAHashIsNoHeading() {
        assertThat(Markdown.text("## a # b")).isEqualTo("\\#\\# a # b");
    }
}
