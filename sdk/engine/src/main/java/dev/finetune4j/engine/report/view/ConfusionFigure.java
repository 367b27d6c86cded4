package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.engine.report.Headline;
import dev.finetune4j.evaluation.ConfusionMatrix;
import dev.finetune4j.evaluation.EvaluationReport;
import dev.finetune4j.evaluation.VariantEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Which label each model takes for which: the tuned model's in full, the base models' folded below it. */
final class ConfusionFigure {
    private ConfusionFigure() {}

    static Html of(EvaluationReport evaluation) {
        List<Html> maps = new ArrayList<>();
        for (VariantEvaluation variant : evaluation.variants()) {
            ConfusionMatrix confusion = variant.confusion();
            if (confusion != null) {
                String name = Headline.longName(variant.variant());
                Html map = Section.scrolling("Confusion matrix: " + name, table(name, confusion));
                if (variant.variant().isTuned()) {
                    maps.add(0, map);
                } else {
                    maps.add(Html.of("<details><summary>{}</summary>{}</details>", name, map));
                }
            }
        }
        return Html.of("""
                <figure><figcaption><b>What was taken for what</b> <span>a row is the right label, a column the answer, the diagonal \
                is right; colour is the share of the row</span></figcaption>{}</figure>
                """, Html.join(maps));
    }

    private static Html table(String name, ConfusionMatrix confusion) {
        List<String> labels = confusion.labels();
        Html head = Html.join(
                labels.stream().map(label -> Html.of("<th scope=\"col\"><span>{}</span></th>", Html.label(label))));
        Html rows = Html.join(IntStream.range(0, labels.size())
                .mapToObj(reference -> Html.of(
                        "<tr><th scope=\"row\">{}</th>{}</tr>",
                        Html.label(labels.get(reference)),
                        Html.join(IntStream.range(0, labels.size())
                                .mapToObj(answer -> cell(confusion, reference, answer))))));
        return Html.of(
                "<table class=\"heat\"><caption>{}</caption><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>",
                name,
                head,
                rows);
    }

    private static Html cell(ConfusionMatrix confusion, int reference, int answer) {
        long count = confusion.count(reference, answer);
        double share = (double) count / Math.max(1, confusion.support(reference));
        String style = reference == answer ? "right" : "wrong";
        return count == 0
                ? Html.of("<td class=\"{} none\">0</td>", style)
                : Html.of(
                        "<td class=\"{} {}\" style=\"--a:{}\">{}</td>",
                        style,
                        share > 0.5 ? "strong" : "weak",
                        String.format(Locale.ROOT, "%.2f", 0.06 + 0.94 * share),
                        Figures.count(count));
    }
}
