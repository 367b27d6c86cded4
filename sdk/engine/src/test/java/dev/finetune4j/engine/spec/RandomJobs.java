package dev.finetune4j.engine.spec;

import dev.finetune4j.job.Budget;
import dev.finetune4j.job.CheckSpec;
import dev.finetune4j.job.DataSpec;
import dev.finetune4j.job.EvaluationSpec;
import dev.finetune4j.job.FineTuneJob;
import dev.finetune4j.job.Gate;
import dev.finetune4j.job.LabelScoring;
import dev.finetune4j.job.MetricName;
import dev.finetune4j.job.Precision;
import dev.finetune4j.job.Recompute;
import dev.finetune4j.job.Schedule;
import dev.finetune4j.job.SourceSpec;
import dev.finetune4j.job.SplitSpec;
import dev.finetune4j.job.TaskKind;
import dev.finetune4j.job.TaskSpec;
import dev.finetune4j.job.TrainingSpec;
import dev.finetune4j.method.FullTuning;
import dev.finetune4j.method.HeadTuning;
import dev.finetune4j.method.LoraTuning;
import dev.finetune4j.method.PrefixTuning;
import dev.finetune4j.method.PromptTuning;
import dev.finetune4j.method.QloraTuning;
import dev.finetune4j.method.TuningMethod;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.value.Money;
import dev.finetune4j.value.ProviderId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Jobs that keep every rule, with texts that are hard to write down: quotes, colons, line ends, signs of YAML, other scripts. */
final class RandomJobs {
    private static final List<String> NASTY = List.of(
            "plain",
            "two words",
            "true",
            "null",
            "~",
            "1.5",
            "0x1F",
            "2026-11-24",
            "a: b",
            "a #b",
            "# c",
            "- item",
            "{{text}}",
            "[x]",
            "'quoted'",
            "\"double\"",
            "back\\slash",
            " leading",
            "trailing ",
            "two\nlines",
            "ends with\n",
            "ends with two\n\n",
            "\nbegins with one",
            "  indented\n  block",
            "tab\there",
            "cr\rlf\r\n",
            "nul-free \u0001 control",
            "next\u0085line \u2028 sep",
            "Größe 漢字 \uD83D\uDE00",
            "bom \uFEFF inside",
            "${env:HOME}",
            "$${env:HOME}",
            "$$${env:X} ${env:",
            "%percent",
            "@at",
            "&anchor *alias !tag",
            "a\n\n  b\n \nc",
            "? key",
            "|",
            ">-",
            "---",
            "...");

    private final Random random;

    RandomJobs(long seed) {
        random = new Random(seed);
    }

    FineTuneJob next() {
        TaskKind kind = one(TaskKind.values());
        TaskSpec task = new TaskSpec(
                kind,
                orNull(text()),
                orNull(text()),
                orNull(text()),
                kind.hasLabels() && random.nextBoolean() ? distinctTexts(2 + random.nextInt(3)) : List.of());
        SplitSpec split = split();
        boolean hasValidation = split.validationFile() != null || split.validation() > 0;
        boolean hasTest = split.testFile() != null || split.test() > 0;
        FineTuneJob.Builder job = FineTuneJob.builder(
                "job-" + random.nextInt(1000),
                ModelRef.parse("org/" + text().replaceAll("\\p{Cc}", "_")),
                task,
                data(split));
        if (random.nextBoolean()) {
            job.training(training(hasValidation));
        }
        if (random.nextBoolean()) {
            job.method(method());
        }
        if (random.nextBoolean()) {
            job.check(new CheckSpec(
                    random.nextDouble(),
                    random.nextDouble(),
                    random.nextDouble(),
                    random.nextDouble(),
                    random.nextInt(100),
                    one(CheckSpec.Finding.values()),
                    one(CheckSpec.Finding.values())));
        }
        if (random.nextBoolean() || !hasTest) {
            job.evaluation(evaluation(kind, hasTest));
        }
        if (random.nextBoolean()) {
            job.budget(new Budget(
                    random.nextBoolean()
                            ? null
                            : new Money(BigDecimal.valueOf(random.nextInt(100_000), 2), Currency.getInstance("EUR")),
                    random.nextBoolean() ? null : Duration.ofMillis(1 + random.nextInt(100_000_000))));
        }
        if (random.nextBoolean()) {
            job.targets(List.of(ProviderId.parse("sagemaker"), ProviderId.LOCAL));
        }
        return job.build();
    }

    private DataSpec data(SplitSpec split) {
        DataSpec data = random.nextBoolean() ? DataSpec.ofFile(text()) : DataSpec.ofQuery(text(), sources());
        return data.withSplit(split).withFormat(one(DataSpec.FORMATS.toArray(new String[0])));
    }

    private Map<String, SourceSpec> sources() {
        Map<String, SourceSpec> sources = new LinkedHashMap<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            sources.put(
                    "source_" + random.nextInt(100),
                    new SourceSpec(
                            distinctTexts(1 + random.nextInt(2)), random.nextBoolean() ? null : "0a".repeat(32)));
        }
        return sources;
    }

    private SplitSpec split() {
        return new SplitSpec(
                random.nextInt(3) * 0.1,
                random.nextInt(4) * 0.2,
                random.nextInt(4) == 0 ? text() : null,
                random.nextInt(4) == 0 ? text() : null,
                orNull(text()),
                random.nextBoolean(),
                random.nextInt(1000),
                random.nextInt(1000),
                random.nextInt(1000),
                random.nextLong());
    }

    private TuningMethod method() {
        return switch (random.nextInt(7)) {
            case 0 -> FullTuning.defaults();
            case 1 -> HeadTuning.defaults();
            case 2 -> new PromptTuning(1 + random.nextInt(1000), random.nextBoolean() ? null : text());
            case 3 -> new PrefixTuning(1 + random.nextInt(1000), random.nextBoolean() ? null : text());
            case 4 -> new QloraTuning(lora());
            default -> lora();
        };
    }

    private LoraTuning lora() {
        return LoraTuning.builder()
                .rank(1 + random.nextInt(1024))
                .alpha(random.nextDouble() * 100)
                .dropout(random.nextDouble() * 0.99)
                .targetModules(distinctTexts(2))
                .rankStabilised(random.nextBoolean())
                .dora(random.nextBoolean())
                .ranks(random.nextBoolean() ? Map.of() : Map.of("down_proj", 1 + random.nextInt(1024)))
                .alphas(random.nextBoolean() ? Map.of() : Map.of("q_proj", random.nextDouble() * 100))
                .layers(random.nextBoolean() ? List.of() : List.of(random.nextInt(30)))
                .trainedModules(random.nextBoolean() ? List.of() : distinctTexts(2))
                .build();
    }

    private TrainingSpec training(boolean hasValidation) {
        return TrainingSpec.builder()
                .epochs(0.01 + random.nextDouble() * 900)
                .batchSize(1 + random.nextInt(4096))
                .gradientAccumulation(1 + random.nextInt(4096))
                .learningRate(random.nextDouble() / Math.pow(10, random.nextInt(8)))
                .schedule(one(Schedule.values()))
                .warmupRatio(random.nextDouble())
                .weightDecay(random.nextDouble())
                .maxGradientNorm(random.nextDouble() * 1e9)
                .maxTokens(random.nextInt(Integer.MAX_VALUE))
                .packing(random.nextBoolean())
                .precision(one(Precision.values()))
                .recompute(one(Recompute.values()))
                .evaluateEvery(random.nextInt(1000))
                .earlyStoppingPatience(hasValidation ? random.nextInt(5) : 0)
                .checkpointEvery(random.nextInt(1000))
                .threads(random.nextInt(1025))
                .seed(random.nextLong())
                .build();
    }

    private EvaluationSpec evaluation(TaskKind kind, boolean hasTest) {
        List<MetricName> metrics = MetricName.of(kind);
        MetricName metric = random.nextBoolean() ? null : metrics.get(random.nextInt(metrics.size()));
        boolean isPerplexity = (metric == null ? metrics.get(0) : metric).isLowerBetter();
        double value = isPerplexity ? 1 + random.nextDouble() : random.nextDouble();
        Double atLeast = hasTest && random.nextBoolean() ? value : null;
        return new EvaluationSpec(
                random.nextInt(65),
                one(LabelScoring.values()),
                1 + random.nextInt(32768),
                kind == TaskKind.GENERATION && random.nextBoolean(),
                100 + random.nextInt(99_901),
                random.nextLong(),
                new Gate(metric, atLeast, hasTest && random.nextBoolean()));
    }

    private List<String> distinctTexts(int count) {
        List<String> texts = new ArrayList<>();
        while (texts.size() < count) {
            String text = text();
            if (!texts.contains(text)) {
                texts.add(text);
            }
        }
        return texts;
    }

    private String text() {
        String text = NASTY.get(random.nextInt(NASTY.size()));
        return random.nextInt(3) == 0 ? text + NASTY.get(random.nextInt(NASTY.size())) : text;
    }

    private @Nullable String orNull(String text) {
        return random.nextBoolean() ? null : text;
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
