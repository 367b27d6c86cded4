package dev.finetune4j.modelfiles.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A macro as it is written.
 *
 * @param name its name
 * @param parameters names of its parameters
 * @param defaults of the last parameters
 * @param body what it renders
 */
record Macro(String name, List<String> parameters, List<Expression> defaults, Statement.Block body) {
    private static final String CALLER = "caller";

    /** The macro as a value, seeing the names that are visible where it is defined. */
    Callable in(Scope definition) {
        return arguments -> call(definition, arguments);
    }

    private Object call(Scope definition, Arguments arguments) {
        Scope scope = definition.inner();
        Map<String, Object> rest = new LinkedHashMap<>(arguments.named());
        int given = arguments.positional().size();
        int firstDefault = parameters.size() - defaults.size();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Object byName = rest.remove(parameter);
            if (i < given) {
                scope.set(parameter, arguments.positional().get(i));
            } else if (byName != null) {
                scope.set(parameter, byName);
            } else {
                scope.set(
                        parameter,
                        i >= firstDefault
                                ? defaults.get(i - firstDefault).evaluate(scope)
                                : new Undefined("parameter '" + parameter + "' was not provided"));
            }
        }
        Object caller = rest.remove(CALLER);
        scope.set(CALLER, caller == null ? Undefined.name(CALLER) : caller);
        scope.set("varargs", new Tuple(arguments.positional().subList(Math.min(parameters.size(), given), given)));
        scope.set("kwargs", rest);
        return body.capture(scope);
    }
}
