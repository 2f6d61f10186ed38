<?xml version='1.0' encoding='utf-8'?>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>AccuracyChart</name>
        <message numerus="yes">
            <source>After %Ln label(s)</source>
            <translation>
                <numerusform>After %Ln label</numerusform>
                <numerusform>After %Ln labels</numerusform>
            </translation>
        </message>
    </context>
</TS>