package dev.finetune4j.offlinecloud.wire;

import java.io.InputStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;

/**
 * One XML element, as far as Amazon's services use XML: it has children or a text.
 *
 * @param name without a namespace
 * @param text empty where it has children
 * @param children in their order
 */
public record Xml(String name, String text, List<Xml> children) {
    private static final int DEEPEST = 10;

    /** Copies the children. */
    public Xml {
        children = List.copyOf(children);
    }

    /** An element with a text. */
    public static Xml of(String name, String text) {
        return new Xml(name, text, List.of());
    }

    /** An element with children. */
    public static Xml of(String name, List<Xml> children) {
        return new Xml(name, "", children);
    }

    /**
     * Reads what a client sent. Neither a document type nor an entity is looked at.
     *
     * @throws ServiceError with {@code MalformedXML} if it is none
     */
    public static Xml read(InputStream from) throws ServiceError {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(from);
            reader.nextTag();
            return element(reader, 0);
        } catch (XMLStreamException e) {
            throw malformed();
        }
    }

    /** What a client is told that sent something else than it should. */
    public static ServiceError malformed() {
        return ServiceError.of(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema");
    }

    private static Xml element(XMLStreamReader reader, int depth) throws XMLStreamException {
        if (depth > DEEPEST) {
            throw new XMLStreamException("too deep");
        }
        String name = reader.getLocalName();
        StringBuilder text = new StringBuilder();
        List<Xml> children = new ArrayList<>();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> children.add(element(reader, depth + 1));
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    text.append(reader.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    return new Xml(name, children.isEmpty() ? text.toString() : "", children);
                }
                case XMLStreamConstants.ENTITY_REFERENCE, XMLStreamConstants.DTD ->
                    throw new XMLStreamException("entities are not read");
                default -> {
                    // comments and the like
                }
            }
        }
    }

    /** The first child of a name. */
    public Optional<Xml> child(String childName) {
        return children.stream().filter(child -> child.name().equals(childName)).findFirst();
    }

    /** The text of a child; empty where there is none. */
    public String textOf(String childName) {
        return child(childName).map(Xml::text).orElse("");
    }

    /** All children of a name. */
    public List<Xml> all(String childName) {
        return children.stream().filter(child -> child.name().equals(childName)).toList();
    }

    /**
     * It as a document.
     *
     * @param namespace of all of it; empty for none
     */
    public String document(String namespace) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            writer.writeStartDocument("UTF-8", "1.0");
            write(writer, namespace);
            writer.writeEndDocument();
            writer.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing into memory cannot fail", e);
        }
        return text.toString();
    }

    private void write(XMLStreamWriter writer, String namespace) throws XMLStreamException {
        writer.writeStartElement(name);
        if (!namespace.isEmpty()) {
            writer.writeDefaultNamespace(namespace);
        }
        writeText(writer);
        for (Xml child : children) {
            child.write(writer, "");
        }
        writer.writeEndElement();
    }

    /** Control characters as references: a bare carriage return comes out of a parser as a line feed. */
    private void writeText(XMLStreamWriter writer) throws XMLStreamException {
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ') {
                writer.writeCharacters(text.substring(from, i));
                writer.writeEntityRef("#" + (int) text.charAt(i));
                from = i + 1;
            }
        }
        writer.writeCharacters(text.substring(from));
    }
}
