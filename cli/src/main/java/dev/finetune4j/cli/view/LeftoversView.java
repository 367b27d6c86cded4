package dev.finetune4j.cli.view;

import dev.finetune4j.engine.launch.Leftovers;
import dev.finetune4j.engine.report.Figures;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.UnfinishedJob;
import dev.finetune4j.value.ProviderId;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Prints what places keep. */
public final class LeftoversView {
    private static final int DIGEST_SHOWN = 12;

    private final Screen screen;
    private final Clock clock;

    /** Prints to a screen. */
    public LeftoversView(Screen screen, Clock clock) {
        this.screen = screen;
        this.clock = clock;
    }

    /** What is hosted, or runs, is told with its price. */
    private static String kept(Leftovers.Entry entry) {
        String kept = entry.isRemovable() ? "-" : entry.kept();
        HostedModel hosted = entry.hosted();
        UnfinishedJob running = entry.running();
        if (running != null) {
            return kept + " (" + (running.isSpot() ? "spot " : "") + running.machine() + ", "
                    + HostingView.hourly(Optional.ofNullable(entry.perHour())) + ")";
        }
        return hosted == null ? kept : kept + " (" + HostingView.hourly(hosted.perHour()) + ")";
    }

    private static String name(Leftovers.Entry entry) {
        String name = shortly(entry.found().reference());
        return entry.running() == null ? name : "running job " + name.substring(name.indexOf('/') + 1);
    }

    /** Its last two names, a digest by its beginning: what people tell it by. JSON has the whole. */
    private static String shortly(String reference) {
        List<String> names = Arrays.stream(reference.split("/", -1))
                .filter(name -> !name.isEmpty())
                .map(name -> name.matches("[0-9a-f]{64}") ? name.substring(0, DIGEST_SHOWN) : name)
                .toList();
        return String.join("/", names.subList(Math.max(0, names.size() - 2), names.size()));
    }

    /**
     * Prints a line for each, and what became of them.
     *
     * @param isRemoved whether what can be removed was
     * @param isRefused whether places did not let some of it go
     */
    public void print(List<Leftovers.Entry> entries, boolean isRemoved, boolean isRefused) {
        if (entries.isEmpty()) {
            screen.line("nothing is kept there");
            return;
        }
        Map<ProviderId, List<Leftovers.Entry>> byPlace = entries.stream()
                .collect(Collectors.groupingBy(Leftovers.Entry::place, LinkedHashMap::new, Collectors.toList()));
        byPlace.forEach((place, kept) -> {
            if (byPlace.size() > 1) {
                screen.line("at " + place);
            }
            table(kept).print(screen);
        });
        long bytes = entries.stream()
                .filter(Leftovers.Entry::isRemovable)
                .mapToLong(entry -> entry.found().bytes())
                .sum();
        long count = entries.stream().filter(Leftovers.Entry::isRemovable).count();
        screen.line(
                count == 0
                        ? isRefused ? "nothing was removed" : "all of it is needed, young, or nowhere else"
                        : isRemoved
                                ? "removed " + count + " of " + entries.size() + ", " + Figures.bytes(bytes)
                                : count + " of " + entries.size() + ", " + Figures.bytes(bytes)
                                        + ", are needed by nothing; --yes removes them");
        tellStops(entries, isRemoved);
    }

    private Table table(List<Leftovers.Entry> entries) {
        Table table = new Table().id("WHAT").number("SIZE").number("WRITTEN").note("KEPT FOR");
        for (Leftovers.Entry entry : entries) {
            Duration age = Duration.between(entry.found().lastUsed(), clock.instant());
            table.row(name(entry), Figures.bytes(entry.found().bytes()), Figures.duration(age) + " ago", kept(entry));
        }
        return table;
    }

    private void tellStops(List<Leftovers.Entry> entries, boolean isRemoved) {
        long jobs = entries.stream()
                .filter(entry -> entry.isRemovable() && entry.running() != null)
                .count();
        if (jobs > 0) {
            String what = jobs == 1 ? "1 job that runs" : jobs + " jobs that run";
            screen.line(isRemoved ? "told " + what + " to stop; checkpoints stay" : "--yes stops " + what);
        }
    }
}
