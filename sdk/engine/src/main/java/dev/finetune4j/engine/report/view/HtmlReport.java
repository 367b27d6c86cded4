package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.ForeseenAndActual;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.engine.report.TrainingHistory;
import dev.finetune4j.evaluation.EvaluationReport;
import java.util.ArrayList;
import java.util.List;

/**
 * The report as one HTML page that needs nothing else: no script, no request, styles and drawings inline. Light and dark by the
 * reader's setting; readable from 360 pixels on, and on paper.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /** The page. */
    public static String write(RunReport report) {
        List<Html> parts = new ArrayList<>();
        parts.add(ResultSection.of(report));
        report.comparison().map(MetricSection::of).ifPresent(parts::add);
        TrainingHistory training = report.training();
        if (training != null) {
            parts.add(TrainingSection.of(report, training));
        }
        ForeseenAndActual figures = report.figures();
        if (figures != null) {
            parts.add(ForeseenSection.of(figures));
        }
        if (!report.notices().isEmpty()) {
            parts.add(Section.of(
                    "notices", "What the run had to say", "", DataSection.notices("Notices", report.notices())));
        }
        if (report.data() != null) {
            parts.add(DataSection.of(report.data(), report.findings(), training != null));
        }
        report.comparison().map(ClassSection::ofEvaluation).ifPresent(parts::add);
        if (report.changedRows() != null) {
            parts.add(ExampleSection.of(
                    report,
                    report.changedRows(),
                    report.comparison().flatMap(EvaluationReport::base).orElseThrow()));
        }
        parts.add(ParameterSection.of(report));
        parts.add(ProvenanceSection.of(report));
        return Page.of(report.job().name() + ": " + Headline.of(report).title(), Html.join(parts));
    }
}
