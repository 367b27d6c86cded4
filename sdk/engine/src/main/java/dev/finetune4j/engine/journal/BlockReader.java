package dev.finetune4j.engine.journal;

import dev.finetune4j.engine.journal.Block.Scope;
import dev.finetune4j.error.Problem;
import dev.finetune4j.plan.LaunchTerms;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Goes over the lines of a journal, first to last, and tells what each blocks; nothing of a run for which nothing was agreed to. */
public final class BlockReader {
    private final Map<String, Scope> lacks = new HashMap<>();
    private @Nullable LaunchTerms asked;

    /** Before the first line. */
    public BlockReader() {}

    /** What the next line blocks. */
    public Optional<Block> read(JournalLine line) {
        JournalEntry entry = line.entry();
        LaunchTerms now = asked;
        if (entry instanceof JournalEntry.Agreed agreed) {
            asked = agreed.terms();
        } else if (entry instanceof JournalEntry.Moved moved) {
            asked = moved.terms();
            return now == null || moved.isRestart() ? Optional.empty() : Optional.of(ofMove(moved, now, line.at()));
        } else if (entry instanceof JournalEntry.Closed closed && now != null && closed.problem() != null) {
            return ofEnd(closed.problem(), now, line.at());
        }
        return Optional.empty();
    }

    private Block ofMove(JournalEntry.Moved moved, LaunchTerms from, Instant at) {
        Block block = Block.ofMachine(moved, from, at);
        if (block.scope() == Scope.MACHINE || block.scope() == Scope.QUOTA) {
            lacks.put(moved.why().code(), block.scope());
        }
        return block;
    }

    /** A run that had nowhere to go from its first machine tells no lack of it: that is known to its place alone. */
    private Optional<Block> ofEnd(Problem problem, LaunchTerms asked, Instant at) {
        Scope lack = lacks.get(problem.code());
        return lack == null ? Block.of(problem, asked, at) : Optional.of(new Block(lack, asked, problem, at));
    }
}
