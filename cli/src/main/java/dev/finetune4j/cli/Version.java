package dev.finetune4j.cli;

import picocli.CommandLine.IVersionProvider;

/** The versions that {@code finetune --version} prints. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String own = Main.class.getPackage().getImplementationVersion();
        return new String[] {
            "finetune " + (own == null ? "(not packaged)" : own),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
