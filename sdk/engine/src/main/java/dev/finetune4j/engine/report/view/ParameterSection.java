package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.engine.report.RunReport;
import dev.finetune4j.job.FineTuneJob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The job with every default, grouped as in the job file. */
final class ParameterSection {
    private ParameterSection() {}

    static Html of(RunReport report) {
        FineTuneJob job = report.job();
        String precedence = RunParameters.precedence(report);
        Map<String, String> defaults = RunParameters.defaults(job);
        Map<String, List<Html>> groups = new LinkedHashMap<>();
        RunParameters.of(job).forEach((key, value) -> {
            int dot = key.indexOf('.');
            String group = dot < 0 ? "job" : key.substring(0, dot);
            groups.computeIfAbsent(group, unseen -> new ArrayList<>())
                    .add(parameter(
                            key.substring(dot + 1),
                            value,
                            value.equals(defaults.get(key)),
                            RunParameters.origin(report, key)));
        });
        return Section.of(
                "parameters",
                "Parameters",
                "Every setting of the job, and where it came from: line and column of the job file, the environment, Java code, or the "
                        + "default. Other than the default: in bold." + (precedence.isEmpty() ? "" : " " + precedence),
                Html.of(
                        "<div class=\"groups\">{}</div>",
                        Html.join(groups.entrySet().stream().map(group -> table(group.getKey(), group.getValue())))));
    }

    private static Html table(String group, List<Html> rows) {
        return Html.of("""
                <table class="facts"><caption>{}</caption><thead class="unseen"><tr><th scope="col">Setting</th>\
                <th scope="col">Value</th><th scope="col">From</th></tr></thead><tbody>{}</tbody></table>
                """, group, Html.join(rows));
    }

    private static Html parameter(String name, String value, boolean isDefault, String origin) {
        return Html.of(
                "<tr class=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td class=\"origin\">{}</td></tr>",
                isDefault ? "default" : "set",
                name,
                Html.foreign(value),
                Html.foreign(origin));
    }
}
