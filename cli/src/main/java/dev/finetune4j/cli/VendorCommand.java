package dev.finetune4j.cli;

import java.util.SortedMap;

/** A command that does something for each vendor of whom the class path has something, of whom its help tells. */
interface VendorCommand {
    /** What it does for each vendor, by the vendor's name. */
    SortedMap<String, String> vendors();

    /** What its help ends with, after what it says whoever the vendors are. */
    String ending(VendorHelp help);
}
