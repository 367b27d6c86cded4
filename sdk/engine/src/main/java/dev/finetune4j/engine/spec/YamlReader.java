package dev.finetune4j.engine.spec;

import dev.finetune4j.engine.spec.YamlNode.Entry;
import dev.finetune4j.engine.spec.YamlNode.Mapping;
import dev.finetune4j.engine.spec.YamlNode.Mark;
import dev.finetune4j.engine.spec.YamlNode.Scalar;
import dev.finetune4j.engine.spec.YamlNode.ScalarType;
import dev.finetune4j.engine.spec.YamlNode.Sequence;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * Reads one YAML document into {@link YamlNode}s. Built on the parser's events rather than on its composer, because a job file
 * is untrusted: depth and size, aliases counted as often as they are used, are capped before anything grows.
 */
final class YamlReader {
    /** The deepest job has five levels; 32 leaves room and keeps the recursion shallow. */
    static final int MAX_DEPTH = 32;

    /** Nodes of a document, with everything behind an alias counted each time. */
    static final int MAX_NODES = 100_000;

    private static final ScalarResolver TYPES = new JsonSchema().getScalarResolver();

    private final String text;
    private final String name;
    private final List<Problem> problems;
    private final Map<Anchor, YamlNode> anchors = new HashMap<>();
    private int nodes;

    private YamlReader(String text, String name, List<Problem> problems) {
        this.text = text;
        this.name = name;
        this.problems = problems;
    }

    /**
     * Reads a document.
     *
     * @param problems gets what is wrong but lets the rest be read: doubled keys
     * @throws FineTuneException with FT0102 or FT0103 if the text cannot be read any further
     */
    static YamlNode read(String text, String name, List<Problem> problems) {
        return new YamlReader(text, name, problems).document();
    }

    private YamlNode document() {
        try {
            Iterator<Event> events = new Parse(settings()).parseString(text).iterator();
            events.next();
            if (events.next().getEventId() == Event.ID.StreamEnd) {
                throw syntax("the file holds no YAML document", Mark.START)
                        .remedy("finetune init classification > job.yaml")
                        .asException();
            }
            YamlNode root = node(events.next(), events, 0);
            events.next();
            Event after = events.next();
            if (after.getEventId() != Event.ID.StreamEnd) {
                throw syntax("a second YAML document begins here; a job file holds one", mark(after))
                        .remedy("put each job into a file of its own")
                        .asException();
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            throw syntax(e).asException(e);
        } catch (ReaderException e) {
            Mark mark = markOf(e.getPosition());
            throw syntax(String.format(Locale.ROOT, "character U+%04X is not allowed in YAML", e.getCodePoint()), mark)
                    .remedy("delete the character at line " + mark.line() + ", column " + mark.column())
                    .asException(e);
        } catch (YamlEngineException e) {
            throw syntax(String.valueOf(e.getMessage()), Mark.START).asException(e);
        }
    }

    /** The buffer takes the whole text: at the end of a smaller one, version 2.10 fails on a character beyond U+FFFF. */
    private LoadSettings settings() {
        return LoadSettings.builder()
                .setSchema(new JsonSchema())
                .setCodePointLimit(JobFile.MAX_BYTES)
                .setBufferSize(text.length() + 16)
                .build();
    }

    private YamlNode node(Event event, Iterator<Event> events, int depth) {
        Mark mark = mark(event);
        if (depth > MAX_DEPTH) {
            throw tooLarge("values are nested deeper than " + MAX_DEPTH + " levels", mark);
        }
        count(1, mark);
        if (event instanceof AliasEvent alias) {
            return follow(alias, mark);
        }
        YamlNode node = switch (event.getEventId()) {
            case Scalar -> scalar((ScalarEvent) event, mark);
            case SequenceStart -> sequence(events, mark, depth);
            case MappingStart -> mapping(events, mark, depth);
            default -> throw new IllegalStateException("the YAML parser sent " + event + " for a node");
        };
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, node));
        return node;
    }

    private YamlNode follow(AliasEvent alias, Mark mark) {
        YamlNode target = anchors.get(alias.getAlias());
        if (target == null) {
            throw syntax("no finished value before this place has the anchor &" + alias.getAlias(), mark)
                    .remedy("write the value out instead of *" + alias.getAlias())
                    .asException();
        }
        count(size(target), mark);
        return target;
    }

    private Scalar scalar(ScalarEvent event, Mark mark) {
        Optional<String> tag = event.getTag().filter(value -> !value.equals("!"));
        Tag resolved = tag.map(value -> tag(value, mark))
                .orElseGet(() -> event.isPlain() ? TYPES.resolve(event.getValue(), true) : Tag.STR);
        return new Scalar(event.getValue(), type(resolved, mark), mark);
    }

    /** A tag that begins or ends with a space, written {@code %20}, is one that {@link Tag} does not take. */
    private Tag tag(String value, Mark mark) {
        if (value.isBlank() || !value.trim().equals(value)) {
            throw notAllowed(value, mark);
        }
        return new Tag(value);
    }

    private ScalarType type(Tag tag, Mark mark) {
        if (tag.equals(Tag.STR)) {
            return ScalarType.TEXT;
        } else if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return ScalarType.NUMBER;
        } else if (tag.equals(Tag.BOOL)) {
            return ScalarType.BOOLEAN;
        } else if (tag.equals(Tag.NULL)) {
            return ScalarType.NULL;
        }
        throw notAllowed(tag.getValue(), mark);
    }

    private FineTuneException notAllowed(String tag, Mark mark) {
        return syntax("the tag " + Echo.of(tag) + " is not allowed in a job file", mark)
                .remedy("delete the tag")
                .asException();
    }

    private Sequence sequence(Iterator<Event> events, Mark mark, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event, events, depth + 1));
        }
        return new Sequence(List.copyOf(items), mark);
    }

    private Mapping mapping(Iterator<Event> events, Mark mark, int depth) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            YamlNode key = node(event, events, depth + 1);
            YamlNode value = node(events.next(), events, depth + 1);
            if (!(key instanceof Scalar scalar)) {
                throw syntax("a key must be a text, was " + key.describe(), key.mark())
                        .remedy("put a value that begins with { or [ into double quotes, as in \"{{text}}\"")
                        .asException();
            }
            Entry first = entries.putIfAbsent(scalar.text(), new Entry(scalar, value));
            if (first != null) {
                problems.add(doubled(scalar, first.key().mark()));
            }
        }
        return new Mapping(List.copyOf(entries.values()), mark);
    }

    private Problem doubled(Scalar key, Mark first) {
        return JobProblems.DOUBLED_KEY
                .error("the key " + Echo.of(key.text()) + " is there twice")
                .at(location(key.mark()))
                .because("first at line " + first.line() + ", again at line "
                        + key.mark().line())
                .remedy("delete one of lines " + first.line() + " and "
                        + key.mark().line())
                .build();
    }

    private void count(int more, Mark mark) {
        nodes = Math.addExact(nodes, more);
        if (nodes > MAX_NODES) {
            throw JobProblems.TOO_LARGE
                    .error("the file unfolds to more than " + MAX_NODES + " values")
                    .at(location(mark))
                    .remedy("write values out instead of aliases (*name)")
                    .remedy(JobProblems.TOO_LARGE.remedy())
                    .asException();
        }
    }

    private static int size(YamlNode node) {
        if (node instanceof Sequence sequence) {
            return 1 + sequence.items().stream().mapToInt(YamlReader::size).sum();
        } else if (node instanceof Mapping mapping) {
            return 1
                    + mapping.entries().stream()
                            .mapToInt(entry -> 1 + size(entry.value()))
                            .sum();
        }
        return 1;
    }

    private FineTuneException tooLarge(String summary, Mark mark) {
        return JobProblems.TOO_LARGE.error(summary).at(location(mark)).asException();
    }

    private Problem.Builder syntax(MarkedYamlEngineException e) {
        Mark mark =
                e.getProblemMark().or(e::getContextMark).map(YamlReader::mark).orElse(Mark.START);
        String problem = Optional.ofNullable(e.getProblem()).orElse("the YAML is broken");
        Problem.Builder builder = syntax(problem, mark);
        Optional.ofNullable(e.getContext())
                .ifPresent(context -> builder.because(context
                        + e.getContextMark()
                                .map(at -> " from line " + mark(at).line())
                                .orElse("")));
        if (problem.contains("TAB")
                || lineAt(mark).strip().startsWith("\t")
                || lineAt(mark).startsWith("\t")) {
            builder.remedy("replace the tab in line " + mark.line() + " by spaces");
        } else if (problem.contains("mapping values are not allowed")) {
            builder.remedy("put the text of line " + mark.line() + " that holds a colon into double quotes");
        }
        return builder;
    }

    private Problem.Builder syntax(String summary, Mark mark) {
        Problem.Builder builder = JobProblems.BROKEN_YAML.error(summary).at(location(mark));
        String line = lineAt(mark);
        return line.isBlank() ? builder : builder.because("line " + mark.line() + " is: " + Echo.line(line));
    }

    private String lineAt(Mark mark) {
        return text.lines().skip(mark.line() - 1).findFirst().orElse("");
    }

    private Location location(Mark mark) {
        return new Location.InFile(name, mark.line(), mark.column(), null);
    }

    private Mark markOf(int codePoint) {
        int end = text.offsetByCodePoints(0, Math.min(codePoint, text.codePointCount(0, text.length())));
        String before = text.substring(0, end);
        int lineStart = before.lastIndexOf('\n') + 1;
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        return new Mark(line, 1 + before.codePointCount(lineStart, end));
    }

    private static Mark mark(Event event) {
        return event.getStartMark().map(YamlReader::mark).orElse(Mark.START);
    }

    private static Mark mark(org.snakeyaml.engine.v2.exceptions.Mark mark) {
        return new Mark(mark.getLine() + 1L, mark.getColumn() + 1L);
    }
}
