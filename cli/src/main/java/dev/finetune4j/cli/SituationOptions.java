package dev.finetune4j.cli;

import dev.finetune4j.engine.advise.Criterion;
import dev.finetune4j.engine.advise.Situation;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What a person knows of a task, by criterion. Each is read as {@link Criterion#parse} reads it. */
final class SituationOptions {
    private final Map<Criterion, String> given = new EnumMap<>(Criterion.class);

    @Option(names = "--rows", paramLabel = "N", description = "Rows with the wanted answer.")
    void rows(String text) {
        given.put(Criterion.ROWS, text);
    }

    @Option(
            names = "--corpus",
            paramLabel = "SIZE",
            description = "Text of the domain without answers, in KB, MB, GB or TB, such as 100GB (default: none).")
    void corpus(String text) {
        given.put(Criterion.CORPUS, text);
    }

    @Option(
            names = "--facts",
            paramLabel = "WHEN",
            description = "Facts in the answers that no model has learned, by how often they change: none, fixed,"
                    + " monthly or daily.")
    void facts(String text) {
        given.put(Criterion.FACTS, text);
    }

    @Option(
            names = "--domain",
            paramLabel = "WHICH",
            description = "The text: general (everyday language), special (terms of a trade) or remote (a language of"
                    + " its own).")
    void domain(String text) {
        given.put(Criterion.DOMAIN, text);
    }

    @Option(
            names = "--form",
            paramLabel = "HOW",
            description = "The form of answers: free, similar, or fixed (labels, JSON).")
    void form(String text) {
        given.put(Criterion.FORM, text);
    }

    @Option(
            names = "--latency",
            paramLabel = "MOST",
            description = "How long an answer may take: minutes, seconds, or instant (below a second).")
    void latency(String text) {
        given.put(Criterion.LATENCY, text);
    }

    @Option(names = "--requests", paramLabel = "N", description = "Answers a month.")
    void requests(String text) {
        given.put(Criterion.REQUESTS, text);
    }

    @Option(
            names = "--budget",
            paramLabel = "MONEY",
            description = "What it may cost until it works, such as \"10000 USD\".")
    void budget(String text) {
        given.put(Criterion.BUDGET, text);
    }

    @Option(names = "--days", paramLabel = "N", description = "Days until it must work.")
    void days(String text) {
        given.put(Criterion.DAYS, text);
    }

    @Option(
            names = "--skills",
            paramLabel = "MOST",
            description = "What the team has done before: prompts, software, training (of models) or pretraining (of"
                    + " language models).")
    void skills(String text) {
        given.put(Criterion.SKILLS, text);
    }

    @Option(
            names = "--maturity",
            paramLabel = "HOW",
            description = "How far the team is: none, measured (prompts, on held-out rows) or production.")
    void maturity(String text) {
        given.put(Criterion.MATURITY, text);
    }

    /** The answers that were given. */
    Situation situation() {
        Map<Criterion, Double> answers = new EnumMap<>(Criterion.class);
        given.forEach((criterion, text) -> answers.put(criterion, criterion.parse(text)));
        return new Situation(answers);
    }
}
