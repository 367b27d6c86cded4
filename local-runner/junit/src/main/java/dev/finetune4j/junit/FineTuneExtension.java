package dev.finetune4j.junit;

import dev.finetune4j.engine.report.Remedies;
import dev.finetune4j.error.FineTuneException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs the job that {@link FineTune} names and hands its result to parameters. Registered by that annotation. */
public final class FineTuneExtension implements ParameterResolver {
    private static final Set<Class<?>> TYPES = Set.of(FineTunedRun.class, TunedModel.class, BaseModel.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        FineTune named = named(parameter, test)
                .orElseThrow(() -> new ParameterResolutionException("no job is named for " + parameter.getParameter()
                        + "; put @FineTune(\"job.yaml\") on it, its method or its class"));
        FineTunedRun run = run(named, parameter, test);
        Class<?> wanted = parameter.getParameter().getType();
        if (wanted.equals(TunedModel.class)) {
            return run.tuned();
        }
        return wanted.equals(BaseModel.class) ? run.base() : run;
    }

    private static FineTunedRun run(FineTune named, ParameterContext parameter, ExtensionContext test) {
        Settings settings = Settings.of(test);
        // First, since it writes over the summary of an earlier execution.
        TestSurroundings surroundings = new TestSurroundings(test, parameter.getDeclaringExecutable(), settings);
        String jobFile = null;
        try {
            JobPath job = JobPath.find(named, settings.folder());
            jobFile = job.file().toString();
            Training training = Stores.trainings(test, settings).of(job.file());
            surroundings.summary().add(training.summarized());
            FineTunedRun run = new FineTunedRun(training, job.baseline(), surroundings);
            if (Stores.isFirstSightOf(test, run.id())) {
                test.publishReportEntry(
                        Map.of("finetune4j.run", run.id().value(), "finetune4j.training", training.origin()));
            }
            return run;
        } catch (FineTuneException e) {
            String why = ProblemText.of(Remedies.named(e.problems(), jobFile, null));
            surroundings.summary().failed(named.value(), why);
            throw new ParameterResolutionException("the job " + named.value() + " gives no model to test\n" + why, e);
        } catch (ParameterResolutionException e) {
            surroundings.summary().failed(named.value(), String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static Optional<FineTune> named(ParameterContext parameter, ExtensionContext test) {
        return parameter
                .findAnnotation(FineTune.class)
                .or(() -> AnnotationSupport.findAnnotation(parameter.getDeclaringExecutable(), FineTune.class))
                .or(() -> onClass(test.getRequiredTestClass()));
    }

    private static Optional<FineTune> onClass(Class<?> type) {
        Optional<FineTune> here = AnnotationSupport.findAnnotation(type, FineTune.class);
        Class<?> outer = type.getEnclosingClass();
        return here.isPresent() || outer == null ? here : onClass(outer);
    }
}
