package dev.finetune4j.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The help of a command, with what the class path has for single vendors. It is asked only while the help of such a command is printed, so that
 * nobody else waits for it.
 */
final class VendorHelp extends Help {
    private static final int MARGIN = 2;
    private static final int GAP = 2;

    VendorHelp(CommandSpec command, ColorScheme colors) {
        super(command, colors);
    }

    @Override
    public String description(Object... parameters) {
        String always = super.description(parameters);
        return commandSpec().userObject() instanceof VendorCommand command ? always + table(command.vendors()) : always;
    }

    @Override
    public String footer(Object... parameters) {
        String always = super.footer(parameters);
        return commandSpec().userObject() instanceof VendorCommand command ? always + command.ending(this) : always;
    }

    /** Lines, broken where they are longer than the terminal is wide. */
    String lines(List<String> lines) {
        TextTable table = TextTable.forColumnWidths(colorScheme(), width());
        table.indentWrappedLines = MARGIN;
        lines.forEach(table::addRowValues);
        return table.toString();
    }

    /** Names, with what there is to say of each in a column beside them. */
    String table(Map<String, String> textByName) {
        int longest =
                textByName.keySet().stream().mapToInt(String::length).max().orElse(0);
        int names = MARGIN + longest + GAP;
        TextTable table = TextTable.forColumns(
                colorScheme(), new Column(names, MARGIN, Overflow.SPAN), new Column(width() - names, 0, Overflow.WRAP));
        table.indentWrappedLines = 0;
        textByName.forEach(table::addRowValues);
        return table.toString();
    }

    private int width() {
        return commandSpec().usageMessage().width();
    }
}
