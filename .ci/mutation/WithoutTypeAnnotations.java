import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.nio.file.Files;
import java.nio.file.Path;

/// Takes the type annotations (`@Nullable`) off the components of records in a folder of class files. With them the JVM refuses each mutant of such a
/// record ("attempted to change the class ... Record ... attribute": PIT numbers the constants anew, and the annotations' bytes are compared), and PIT counts
/// what never ran (RUN_ERROR) as killed.
///
/// `java WithoutTypeAnnotations.java target/classes`
void main(String[] args) throws IOException {
    try (var files = Files.walk(Path.of(args[0]))) {
        for (var file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
            strip(file);
        }
    }
}

void strip(Path file) throws IOException {
    var format = ClassFile.of();
    var type = format.parse(file);
    if (type.elementStream().noneMatch(RecordAttribute.class::isInstance)) {
        return;
    }
    Files.write(
            file,
            format.transformClass(
                    type,
                    (to, element) ->
                            to.with(
                                    element instanceof RecordAttribute all
                                            ? RecordAttribute.of(
                                                    all.components().stream().map(this::bare).toList())
                                            : element)));
}

RecordComponentInfo bare(RecordComponentInfo component) {
    return RecordComponentInfo.of(
            component.name(),
            component.descriptor(),
            component.attributes().stream()
                    .filter(one -> !(one instanceof RuntimeVisibleTypeAnnotationsAttribute))
                    .toList());
}
