package dev.finetune4j.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every command by its name, in the order of the help. */
final class CommandList {
    /** To have picocli read the annotations of all of them takes about a tenth of a second. */
    static final Map<String, Class<?>> ALL = all();

    private CommandList() {}

    /** What has to be known to run a command line: the command that it begins with, or all where it begins with none. */
    static Map<String, Class<?>> of(String... arguments) {
        Class<?> one = arguments.length == 0 ? null : ALL.get(arguments[0]);
        return one == null ? ALL : Map.of(arguments[0], one);
    }

    private static Map<String, Class<?>> all() {
        Map<String, Class<?>> all = new LinkedHashMap<>();
        all.put("init", InitCommand.class);
        all.put("check", CheckCommand.class);
        all.put("plan", PlanCommand.class);
        all.put("run", RunCommand.class);
        all.put("launch", LaunchCommand.class);
        all.put("policy", PolicyCommand.class);
        all.put("bootstrap", BootstrapCommand.class);
        all.put("ps", PsCommand.class);
        all.put("show", ShowCommand.class);
        all.put("why", WhyCommand.class);
        all.put("watch", WatchCommand.class);
        all.put("logs", LogsCommand.class);
        all.put("stop", StopCommand.class);
        all.put("fetch", FetchCommand.class);
        all.put("resume", ResumeCommand.class);
        all.put("clean", CleanCommand.class);
        all.put("gc", GcCommand.class);
        all.put("host", HostCommand.class);
        all.put("eval", EvalCommand.class);
        all.put("generate", GenerateCommand.class);
        all.put("chat", ChatCommand.class);
        all.put("export", ExportCommand.class);
        all.put("report", ReportCommand.class);
        all.put("compare", CompareCommand.class);
        all.put("learning-curve", LearningCurveCommand.class);
        all.put("sweep", SweepCommand.class);
        all.put("advise", AdviseCommand.class);
        all.put("models", ModelsCommand.class);
        all.put("offers", OffersCommand.class);
        all.put("prices", PricesCommand.class);
        all.put("schema", SchemaCommand.class);
        all.put("estimates", EstimatesCommand.class);
        all.put("explain", ExplainCommand.class);
        all.put("doctor", DoctorCommand.class);
        all.put("offline-cloud", OfflineCloudCommand.class);
        return Collections.unmodifiableMap(all);
    }
}
