package dev.finetune4j.engine.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs that finetune4j knows, from {@code gpus.csv}, whose columns {@code checked} and {@code notes} say where figures come
 * from.
 */
public final class GpuTable {
    private static final String RESOURCE = "gpus.csv";
    private static final Pattern NUMBER_RANGE = Pattern.compile("-");
    private static final Pattern NOISE = Pattern.compile("nvidia|tesla|tensor core|geforce|[^a-z0-9]");

    /** What people leave out before a number. */
    private static final String LINE = "rtx";

    /** Words that tell no parts of the table apart. */
    private static final Set<String> IDLE =
            Set.of("nvidia", "tesla", "geforce", "tensor", "core", "gpu", "generation", "amd", "instinct", "intel");

    private static final Pattern WORD_BREAK = Pattern.compile("[^a-z0-9]+");
    private static final Pattern APART_FROM_UNIT = Pattern.compile("(?<=\\d)\\s+(?=gi?b\\b)");
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,3})gi?b?");
    /** In names such as {@code RTX5090-32}, as in those of this table. */
    private static final Pattern LAST_MEMORY = Pattern.compile("(\\d{1,3})(gi?b?)?");

    private static final Pattern SHAPE = Pattern.compile("(sxm|pcie)\\d?");

    /** How far the memory in a name may be from the table's, as a share: a B200 has 180 GB or 192. */
    private static final double SAME_MEMORY = 0.07;

    /** Other names of the same part, by {@link #plain} form. */
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("a100", "A100-40"),
            Map.entry("a10040gb", "A100-40"),
            Map.entry("a100sxm440gb", "A100-40"),
            Map.entry("a100sxm40gb", "A100-40"),
            Map.entry("a10080gb", "A100-80"),
            Map.entry("a100sxm480gb", "A100-80"),
            Map.entry("a100sxm80gb", "A100-80"),
            Map.entry("a100sxm", "A100-80"),
            Map.entry("a100pcie80gb", "A100-80-PCIe"),
            Map.entry("a10080gbpcie", "A100-80-PCIe"),
            Map.entry("a800", "A800-80"),
            Map.entry("h100", "H100-SXM"),
            Map.entry("h10080", "H100-SXM"),
            Map.entry("h10080gb", "H100-SXM"),
            Map.entry("h10080gbhbm3", "H100-SXM"),
            Map.entry("h100sxm5", "H100-SXM"),
            Map.entry("h100sxm580gb", "H100-SXM"),
            Map.entry("v100", "V100-16"),
            Map.entry("v10016gb", "V100-16"),
            Map.entry("v10032gb", "V100-32"),
            Map.entry("v100sxm216gb", "V100-16"),
            Map.entry("v100sxm232gb", "V100-32"),
            Map.entry("v100s", "V100S-32-PCIe"),
            Map.entry("p100sxm2", "P100"),
            Map.entry("rtxpro6000blackwell", "RTXPRO6000"),
            Map.entry("rtxpro6000blackwellserveredition", "RTXPRO6000"),
            Map.entry("rtxpro6000blackwellworkstationedition", "RTXPRO6000"),
            Map.entry("b300sxm6ac", "B300"),
            Map.entry("b300ac", "B300"),
            Map.entry("quadrortx8000", "RTX8000"),
            Map.entry("rtxa6000", "A6000"),
            Map.entry("gh200480gb", "GH200"), // the memory of its processor
            Map.entry("gaudi2hpu", "Gaudi2"),
            Map.entry("trainium", "Trainium1"));

    private final List<Gpu> gpus;

    /** By {@link #plain} form: a plan asks for the GPUs of thousands of offers. */
    private final Map<String, Gpu> named = new HashMap<>();

    private GpuTable(List<Gpu> gpus) {
        this.gpus = gpus;
        gpus.forEach(gpu -> {
            String plain = plain(gpu.name());
            named.putIfAbsent(plain, gpu);
            if (plain.startsWith(LINE)) {
                named.putIfAbsent(plain.substring(LINE.length()), gpu);
            }
        });
        ALIASES.forEach(
                (alias, name) -> Optional.ofNullable(named.get(plain(name))).ifPresent(gpu -> named.put(alias, gpu)));
    }

    private static final class Shipped {
        static final GpuTable TABLE = new GpuTable(CsvTable.ofResource(GpuTable.class, RESOURCE).rows().stream()
                .map(GpuTable::gpu)
                .toList());
    }

    /** The table of this version. */
    public static GpuTable shipped() {
        return Shipped.TABLE;
    }

    /** All of them, in the order of the table. */
    public List<Gpu> gpus() {
        return gpus;
    }

    /** The GPU of a name, however it is written: {@code A100-80}, {@code NVIDIA A100-SXM4-80GB}, {@code a100 80gb}. */
    public Optional<Gpu> find(String name) {
        Gpu exact = named.get(plain(name));
        return exact != null ? Optional.of(exact) : ofParts(name.toLowerCase(Locale.ROOT));
    }

    /** By the parts of a name in any order: what it is called, the shape of the card and its memory, which must be right. */
    private Optional<Gpu> ofParts(String name) {
        StringBuilder called = new StringBuilder();
        String shape = "";
        String memory = "";
        for (String word : WORD_BREAK.split(APART_FROM_UNIT.matcher(name).replaceAll(""), -1)) {
            Matcher size = (name.endsWith("-" + word) ? LAST_MEMORY : MEMORY).matcher(word);
            Matcher form = SHAPE.matcher(word);
            if (memory.isEmpty() && size.matches()) {
                memory = size.group(1);
            } else if (form.matches()) {
                shape = form.group(1);
            } else if (!IDLE.contains(word)) {
                called.append(word);
            }
        }
        double gb = memory.isEmpty() ? 0 : Integer.parseInt(memory);
        List<String> names = new ArrayList<>(List.of(called + memory + shape, called + shape));
        if (!shape.equals("pcie")) { // a card for PCIe is slower than its sibling, which a short name stands for
            names.addAll(List.of(called + memory, called.toString()));
        }
        return names.stream()
                .flatMap(candidate -> Optional.ofNullable(named.get(candidate)).stream())
                .filter(gpu -> gb == 0 || Math.abs(gpu.memoryGb() - gb) <= SAME_MEMORY * gb)
                .findFirst();
    }

    private static String plain(String name) {
        return NOISE.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
    }

    private static Gpu gpu(CsvTable.Row row) {
        return new Gpu(
                row.text("name"),
                row.text("vendor"),
                row.text("generation"),
                needed(row, "memory_gb"),
                orNull(row.number("bf16_dense_tflops")),
                orNull(row.number("fp16_dense_tflops")),
                orNull(row.number("fp32_tflops")),
                needed(row, "mem_bw_gb_s"),
                orNull(row.number("nvlink_gb_s")),
                row.number("link_gpus").isPresent()
                        ? (Integer) (int) row.number("link_gpus").getAsDouble()
                        : null,
                (int) needed(row, "year"),
                row.text("power_capped").equals("yes"),
                orNull(row.number("usable_gib_seen")),
                orNull(middle(row.text("matmul_bf16_tflops_measured"))));
    }

    private static double needed(CsvTable.Row row, String column) {
        return row.number(column).orElseThrow(() -> new IllegalStateException(RESOURCE + " has no " + column));
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private static OptionalDouble middle(String range) {
        return range.isEmpty()
                ? OptionalDouble.empty()
                : Arrays.stream(NUMBER_RANGE.split(range, 0))
                        .mapToDouble(Double::parseDouble)
                        .average();
    }
}
