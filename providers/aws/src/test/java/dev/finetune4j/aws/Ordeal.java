package dev.finetune4j.aws;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Retry;
import dev.finetune4j.offlinecloud.wire.Call;
import dev.finetune4j.run.RunState;
import dev.finetune4j.spi.JobSnapshot;
import dev.finetune4j.spi.MachineVerdict;
import dev.finetune4j.spi.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One job under one fault, looked after as a run is: what may be asked again later is asked again, what lacks a machine goes to the next one,
 * and a job is gone after three answers that it is not there.
 */
final class Ordeal {
    private static final int TRIES = 3;
    private static final int GONE = 3;
    private static final int LOOKS = 1000;
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(10);

    private final FaultTarget target;
    private final Fault fault;
    private final List<Problem> said = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private String blocked = "nothing";
    private String spent = "nothing";
    private boolean hasStruck;

    private Ordeal(FaultTarget target, Fault fault) {
        this.target = target;
        this.fault = fault;
    }

    /**
     * How it ended.
     *
     * @param ends states of the job, one for each machine; or that it was refused
     * @param said codes of the problems that were told on the way
     * @param blocked what is not tried again
     * @param launches jobs that the service made; no name is taken twice
     * @param calls calls to make them
     * @param spent what is billed
     */
    record Outcome(List<String> ends, List<String> said, String blocked, int launches, int calls, String spent) {
        String text() {
            String told = said.isEmpty() ? "" : " (" + String.join(", ", said) + ")";
            return String.join(", then ", ends) + told + "; blocked: " + blocked + "; " + count(launches, "job")
                    + " by " + count(calls, "call") + "; billed: " + spent;
        }

        private static String count(int number, String thing) {
            return number + " " + thing + (number == 1 ? "" : "s");
        }
    }

    static Outcome endure(FaultTarget target, Fault fault) {
        Ordeal ordeal = new Ordeal(target, fault);
        target.prepare(fault);
        try (Provider provider = target.open(fault)) {
            if (ordeal.lacksMachine(provider) && target.openNext().isPresent()) {
                try (Provider next = target.openNext().orElseThrow()) {
                    ordeal.lacksMachine(next);
                }
            }
        }
        List<Call> calls = target.aws().calls(target.create());
        return new Outcome(
                ordeal.ends,
                ordeal.said.stream().map(Problem::code).distinct().toList(),
                ordeal.blocked,
                (int) calls.stream()
                        .filter(Call::hadEffect)
                        .map(call -> call.request().path(target.name()).asText())
                        .distinct()
                        .count(),
                calls.size(),
                ordeal.spent);
    }

    /** The life of the job at one machine; whether it ended for lack of that. */
    private boolean lacksMachine(Provider provider) {
        Optional<Problem> refusal = launch(provider);
        if (refusal.isPresent()) {
            ends.add("refused");
            block(provider, refusal.get());
            return provider.machineVerdict(refusal.get()) != MachineVerdict.UNRELATED;
        }
        Optional<JobSnapshot> last = follow(provider);
        ends.add(last.map(job -> job.state().name().toLowerCase(Locale.ROOT)).orElse("gone"));
        Optional<Problem> failure = last.flatMap(JobSnapshot::failure);
        spent = last.map(target::spent).orElse("what it had used until then");
        failure.ifPresent(problem -> {
            said.add(problem);
            block(provider, problem);
        });
        return failure.filter(why -> provider.machineVerdict(why) != MachineVerdict.UNRELATED)
                .isPresent();
    }

    /** Launches; what is against it after all tries. */
    private Optional<Problem> launch(Provider provider) {
        Problem last = null;
        for (int i = 0; i < TRIES; i++) {
            try {
                provider.submit(target.job());
                return Optional.empty();
            } catch (FineTuneException e) {
                last = e.problems().get(0);
                said.add(last);
                if (!(last.retry() instanceof Retry.After after)) {
                    break;
                }
                target.clock().advance(after.pause());
            }
        }
        return Optional.ofNullable(last);
    }

    /** Looks until the job has ended; empty if it is gone. */
    private Optional<JobSnapshot> follow(Provider provider) {
        int missing = 0;
        for (int i = 0; i < LOOKS; i++) {
            try {
                Optional<JobSnapshot> now = provider.find(target.job().id());
                missing = now.isEmpty() ? missing + 1 : 0;
                if (missing == GONE
                        || now.filter(job -> job.state().isTerminal()).isPresent()) {
                    return now;
                }
                if (!hasStruck
                        && now.filter(job -> job.state() == RunState.TRAINING).isPresent()) {
                    hasStruck = true;
                    target.strike(fault);
                }
            } catch (FineTuneException e) {
                said.add(e.problems().get(0));
                block(provider, e.problems().get(0));
            }
            target.clock().advance(BETWEEN_LOOKS);
        }
        throw new AssertionError(fault + " does not end, after "
                + said.stream().map(Problem::code).collect(Collectors.toSet()));
    }

    /** The widest of what is not tried again stays. */
    private void block(Provider provider, Problem problem) {
        if (provider.machineVerdict(problem) != MachineVerdict.UNRELATED) {
            blocked = "this machine in this region";
        } else if (!problem.retry().equals(Retry.NEVER)) {
            blocked = blocked.equals("nothing") ? "nothing" : blocked;
        } else if (problem.kind().exitCode() == ExitCode.CREDENTIALS) {
            blocked = "the place, until somebody changes it";
        } else {
            blocked = "this job";
        }
    }
}
