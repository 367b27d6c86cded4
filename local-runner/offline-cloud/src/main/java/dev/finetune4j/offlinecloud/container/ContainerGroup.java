package dev.finetune4j.offlinecloud.container;

import dev.finetune4j.offlinecloud.container.Container.Ending;
import dev.finetune4j.offlinecloud.container.Container.Running;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The containers of a job on several machines, as one: it runs once all of them do, and ends with the last. One that fails ends the others. */
public final class ContainerGroup implements Running {
    private final List<Running> all;
    private @Nullable Ending failure;
    private boolean isToldToEnd;

    private ContainerGroup(List<Running> all) {
        this.all = List.copyOf(all);
    }

    /** At least one container; one alone is a group by itself. */
    public static Running of(List<Running> all) {
        return all.size() == 1 ? all.get(0) : new ContainerGroup(all);
    }

    @Override
    public Optional<Instant> begunAt() {
        List<Instant> begun =
                all.stream().map(Running::begunAt).flatMap(Optional::stream).toList();
        return begun.size() == all.size() ? begun.stream().max(Comparator.naturalOrder()) : Optional.empty();
    }

    @Override
    public Optional<Ending> ending() {
        if (!isToldToEnd && failure == null) {
            endings()
                    .filter(end -> end.exitCode() != 0)
                    .min(Comparator.comparing(Ending::at))
                    .ifPresent(this::endOthers);
        }
        List<Ending> endings = endings().toList();
        if (endings.size() < all.size()) {
            return Optional.empty();
        }
        Ending last = endings.stream().max(Comparator.comparing(Ending::at)).orElseThrow();
        return Optional.of(failure == null ? last : new Ending(last.at(), failure.exitCode(), failure.failure()));
    }

    private Stream<Ending> endings() {
        return all.stream().map(Running::ending).flatMap(Optional::stream);
    }

    /** What the others have made by then is worth nothing without the one that failed. */
    private void endOthers(Ending failed) {
        failure = failed;
        for (Running one : all) {
            if (one.ending().filter(end -> !end.at().isAfter(failed.at())).isEmpty()) {
                one.reclaim(failed.at());
                one.kill(failed.at());
            }
        }
    }

    @Override
    public void terminate(Instant at) {
        toldAt(at);
        all.forEach(one -> one.terminate(at));
    }

    @Override
    public void reclaim(Instant at) {
        toldAt(at);
        all.forEach(one -> one.reclaim(at));
    }

    @Override
    public void kill(Instant at) {
        toldAt(at);
        all.forEach(one -> one.kill(at));
    }

    /** A failure that was only planned never comes then. */
    private void toldAt(Instant at) {
        isToldToEnd = true;
        if (failure != null && failure.at().isAfter(at)) {
            failure = null;
        }
    }

    @Override
    public void close() {
        all.forEach(Running::close);
    }
}
