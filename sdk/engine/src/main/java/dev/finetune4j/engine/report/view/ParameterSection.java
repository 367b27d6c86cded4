package dev.finetune4j.engine.report.view;

import dev.finetune4j.engine.report.RunParameters;
import dev.finetune4j.job.FineTuneJob;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The job with every default, grouped as in the job file. */
final class ParameterSection {
    private ParameterSection() {}

    static Html of(FineTuneJob job) {
        Map<String, String> defaults = RunParameters.defaults(job);
        Map<String, Map<String, String>> groups = new LinkedHashMap<>();
        RunParameters.of(job).forEach((key, value) -> {
            int dot = key.indexOf('.');
            groups.computeIfAbsent(dot < 0 ? "job" : key.substring(0, dot), unseen -> new LinkedHashMap<>())
                    .put(key, value);
        });
        return Section.of(
                "parameters",
                "Parameters",
                "The job with every default. Set by the job, and other than the default: in bold.",
                Html.of(
                        "<div class=\"groups\">{}</div>",
                        Html.join(groups.entrySet().stream()
                                .map(group -> Html.of(
                                        "<table class=\"facts\"><caption>{}</caption><tbody>{}</tbody></table>",
                                        group.getKey(),
                                        Html.join(group.getValue().entrySet().stream()
                                                .map(entry -> parameter(group.getKey(), entry, defaults))
                                                .collect(Collectors.toList())))))));
    }

    private static Html parameter(String group, Map.Entry<String, String> entry, Map<String, String> defaults) {
        boolean same = entry.getValue().equals(defaults.get(entry.getKey()));
        String name =
                entry.getKey().startsWith(group + ".") ? entry.getKey().substring(group.length() + 1) : entry.getKey();
        return Html.of(
                "<tr class=\"{}\"><th scope=\"row\">{}</th><td>{}</td></tr>",
                same ? "default" : "set",
                name,
                Html.foreign(entry.getValue()));
    }
}
