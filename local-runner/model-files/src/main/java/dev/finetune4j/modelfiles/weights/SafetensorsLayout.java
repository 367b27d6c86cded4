package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.modelfiles.ModelFilesProblems;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks that the tensors of a safetensors file fill its data part exactly: sorted, no hole, no overlap, right sizes, to the end. */
final class SafetensorsLayout {
    private SafetensorsLayout() {}

    /**
     * The tensors in the order of their bytes.
     *
     * @param dataStart first byte after the header
     * @throws FineTuneException with FT0405 if a tensor does not lie where it must
     */
    static Map<String, TensorEntry> check(WeightChannel channel, List<SafetensorsHeader.Claim> claims, long dataStart) {
        long dataBytes = channel.size() - dataStart;
        List<SafetensorsHeader.Claim> sorted = new ArrayList<>(claims);
        sorted.sort(Comparator.comparingLong(SafetensorsHeader.Claim::begin)
                .thenComparingLong(SafetensorsHeader.Claim::end));
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        long end = 0;
        for (SafetensorsHeader.Claim claim : sorted) {
            checkPlace(channel, claim, end, dataBytes);
            checkSize(channel, claim);
            tensors.put(
                    claim.name(),
                    new TensorEntry(
                            claim.name(),
                            claim.type(),
                            claim.shape(),
                            channel.path(),
                            dataStart + claim.begin(),
                            claim.end() - claim.begin()));
            end = claim.end();
        }
        if (end != dataBytes) {
            throw damaged(
                    channel,
                    "the last tensor does not end with the file",
                    "tensors end at byte " + end + " of the data, which has " + dataBytes);
        }
        return Collections.unmodifiableMap(tensors);
    }

    private static void checkPlace(
            WeightChannel channel, SafetensorsHeader.Claim claim, long expected, long dataBytes) {
        String range = "bytes " + claim.begin() + " to " + claim.end();
        if (claim.end() < claim.begin()) {
            throw damaged(channel, "tensor " + claim.name() + " ends before it begins", range);
        }
        if (claim.end() > dataBytes) {
            throw damaged(
                    channel,
                    "tensor " + claim.name() + " ends beyond the file",
                    range + " of the data, which has " + dataBytes);
        }
        if (claim.begin() < expected) {
            throw damaged(
                    channel,
                    "tensor " + claim.name() + " overlaps the one before it",
                    range + "; the one before ends at " + expected);
        }
        if (claim.begin() > expected) {
            throw damaged(
                    channel,
                    "there is a hole before tensor " + claim.name(),
                    range + "; the one before ends at " + expected);
        }
    }

    private static void checkSize(WeightChannel channel, SafetensorsHeader.Claim claim) {
        long claimed = claim.end() - claim.begin();
        long needed;
        try {
            needed = claim.type().bytesOf(TensorEntry.product(claim.shape()));
        } catch (ArithmeticException e) {
            throw damaged(
                    channel,
                    "tensor " + claim.name() + " has an impossible shape",
                    claim.shape() + " of " + claim.type() + " is 2^63 bytes or more");
        }
        if (needed != claimed) {
            throw damaged(
                    channel,
                    "tensor " + claim.name() + " has the wrong size",
                    claim.shape() + " of " + claim.type() + " needs " + needed + " bytes; " + claimed + " are given");
        }
    }

    private static FineTuneException damaged(WeightChannel channel, String summary, String cause) {
        return ModelFilesProblems.SAFETENSORS_LAYOUT
                .error(channel.path().getFileName() + ": " + summary)
                .at(channel.location())
                .because(cause)
                .asException();
    }
}
