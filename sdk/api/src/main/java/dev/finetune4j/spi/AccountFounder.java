package dev.finetune4j.spi;

import java.util.List;
import java.util.Map;

/** Makes what jobs need in an account of one vendor, or changes it; found with ServiceLoader. */
public interface AccountFounder {
    /** What people call the vendor: lower-case letters and hyphens, different from every other founder's. */
    String vendor();

    /** What it makes, for people who look for a vendor: a phrase such as "a stack with bucket and roles". */
    String about();

    /** In which region it makes that where none is wished: a phrase that follows "in". */
    String usualRegion();

    /**
     * Wishes to be pasted, as they follow the vendor's name on the command line of {@code finetune bootstrap}: one example or more, the simplest
     * first.
     */
    List<String> examples();

    /**
     * Has the vendor work out what would be made or changed. Nothing is, until it is carried out.
     *
     * @param wishes the vendor's own parameters by their names, and {@link PlaceSettings#REGION}; what is not named stays as it is, or gets
     *     its default
     * @throws dev.finetune4j.error.FineTuneException with why it cannot be worked out
     */
    Founding prepare(ProviderContext context, Map<String, String> wishes);

    /** What would be made or changed. */
    interface Founding extends AutoCloseable {
        /** Where, in the vendor's words. */
        String place();

        /** All changes; empty where everything is as it is wished already. */
        List<Change> changes();

        /**
         * Makes the changes, and waits until they are made.
         *
         * @return what a job file says of the account
         * @throws dev.finetune4j.error.FineTuneException with why they cannot be made; then all is as before
         */
        String carryOut();

        /** Forgets the changes, unless they were carried out. */
        @Override
        void close();
    }

    /**
     * One change.
     *
     * @param action add, modify or remove
     * @param name of what is changed
     * @param kind of what is changed, in the vendor's words
     */
    record Change(String action, String name, String kind) {}
}
