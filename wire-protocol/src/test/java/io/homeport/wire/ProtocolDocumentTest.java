package io.homeport.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Holds docs/protocol.md against the schemas: every message has its section, every field its row, and there are no others. */
class ProtocolDocumentTest {
    private static final Pattern ROW = Pattern.compile("\\| ([A-Za-z0-9.]+) \\| .* \\| .* \\|");

    @Test
    void shouldDescribeEveryMessageAndField() throws Exception {
        List<String> inSchemas = new ArrayList<>();
        try (DirectoryStream<Path> schemas = Files.newDirectoryStream(Path.of("src/main/sbe"), "*.xml")) {
            for (Path schema : schemas) {
                inSchemas.addAll(messagesOf(schema));
            }
        }
        assertThat(inSchemas).isNotEmpty();
        assertThat(messagesOf(Files.readString(Path.of("../docs/protocol.md")))).containsExactlyInAnyOrderElementsOf(inSchemas);
    }

    /** Each as "schema:Name(id): field, field, ...". */
    private static List<String> messagesOf(Path schema) throws Exception {
        Element root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(schema.toFile()).getDocumentElement();
        List<String> messages = new ArrayList<>();
        NodeList all = root.getElementsByTagName("sbe:message");
        for (int i = 0; i < all.getLength(); i++) {
            Element message = (Element) all.item(i);
            List<String> fields = new ArrayList<>();
            addFields(message, "", fields);
            messages.add(schema.getFileName() + ":" + message.getAttribute("name") + " (" + message.getAttribute("id") + "): " + fields);
        }
        return messages;
    }

    private static void addFields(Element parent, String prefix, List<String> fields) {
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element field) {
                fields.add(prefix + field.getAttribute("name"));
                if (field.getTagName().equals("group")) {
                    addFields(field, prefix + field.getAttribute("name") + ".", fields);
                }
            }
        }
    }

    private static List<String> messagesOf(String document) throws IOException {
        List<String> messages = new ArrayList<>();
        String schema = "";
        String message = null;
        List<String> fields = new ArrayList<>();
        for (String line : (document + "\n## end").lines().toList()) {
            if (line.startsWith("#")) {
                if (message != null) {
                    messages.add(schema + ":" + message + ": " + fields);
                }
                message = line.startsWith("### ") ? line.substring(4) : null;
                fields = new ArrayList<>();
            } else if (line.startsWith("Schema `")) {
                schema = line.substring(8, line.indexOf('`', 8));
            } else if (message != null) {
                Matcher row = ROW.matcher(line);
                if (row.matches() && !row.group(1).equals("field")) {
                    fields.add(row.group(1));
                }
            }
        }
        return messages;
    }
}
