package dev.finetune4j.modelfiles.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code {% for target in sequence if condition recursive %}...{% else %}...{% endfor %}}.
 *
 * @param target what each element is assigned to
 * @param sequence what is walked
 * @param condition elements that do not meet it are left out before the walk, or null
 * @param recursive whether {@code loop(...)} renders the loop again
 * @param body for each element
 * @param otherwise where there is none
 */
record Loop(
        Statement.Target target,
        Expression sequence,
        @Nullable Expression condition,
        boolean recursive,
        Statement.Block body,
        Statement.Block otherwise)
        implements Statement {
    /** The attribute of {@code loop} that holds its recursion; no name of a template can be spelled like this. */
    static final String CALL = "()";

    /** An element costs more than another node: it gets a scope and a {@code loop} of its own. */
    private static final int STEPS_PER_ELEMENT = 10;

    @Override
    public Flow execute(Scope scope, StringBuilder output) {
        run(scope, output, sequence.evaluate(scope), 0);
        return Flow.NEXT;
    }

    private void run(Scope scope, StringBuilder output, Object walked, int depth) {
        List<Object> elements = kept(scope, Values.iterate(walked));
        if (elements.isEmpty()) {
            otherwise.execute(scope.inner(), output);
            return;
        }
        Object[] lastSeen = {new Undefined("loop.changed was not called before")};
        for (int i = 0; i < elements.size(); i++) {
            scope.execution().steps(STEPS_PER_ELEMENT);
            Scope inner = scope.inner();
            target.assign(inner, elements.get(i));
            Namespace loop = loopVariable(elements, i, depth);
            loop.set("changed", (Callable) arguments -> {
                Object now = new Tuple(arguments.positional());
                boolean changed = !Values.equal(now, lastSeen[0]);
                lastSeen[0] = now;
                return changed;
            });
            if (recursive) {
                loop.set(CALL, (Callable) arguments -> {
                    StringBuilder captured = new StringBuilder();
                    run(scope, captured, arguments.need(0), depth + 1);
                    return captured.toString();
                });
            }
            inner.set("loop", loop);
            if (body.execute(inner, output) == Flow.BREAK) {
                return;
            }
        }
    }

    private List<Object> kept(Scope scope, List<Object> elements) {
        if (condition == null) {
            return elements;
        }
        List<Object> kept = new ArrayList<>();
        for (Object element : elements) {
            scope.execution().step();
            Scope inner = scope.inner();
            target.assign(inner, element);
            if (Values.truth(condition.evaluate(inner))) {
                kept.add(element);
            }
        }
        return kept;
    }

    private static Namespace loopVariable(List<Object> elements, int index, int depth) {
        int size = elements.size();
        Namespace loop = new Namespace();
        loop.set("index", index + 1L);
        loop.set("index0", (long) index);
        loop.set("revindex", (long) size - index);
        loop.set("revindex0", size - index - 1L);
        loop.set("first", index == 0);
        loop.set("last", index == size - 1);
        loop.set("length", (long) size);
        loop.set("depth", depth + 1L);
        loop.set("depth0", (long) depth);
        loop.set("previtem", index > 0 ? elements.get(index - 1) : new Undefined("there is no previous item"));
        loop.set("nextitem", index + 1 < size ? elements.get(index + 1) : new Undefined("there is no next item"));
        loop.set("cycle", (Callable) arguments -> {
            if (arguments.positional().isEmpty()) {
                throw TemplateFault.failure("no items for cycling given");
            }
            return arguments.positional().get(index % arguments.positional().size());
        });
        return loop;
    }
}
